/** Rows of one table that one page looks at. More than the pieces of work of one message: those are not torn apart. */
export const PAGE_ROWS = 1_100
/** One page ends with the message that brings it to so many messages or bytes of bodies. */
const MESSAGES = 500
const BYTES = 2 * 1024 * 1024

/** A row of one of the tables: a message, or work of it. */
export interface Candidate {
  /** Id of the message. */
  readonly first: number
  /** Highest id that is known to belong to it. */
  readonly last: number
  readonly bytes: number
}

/** Up to where the next page goes, given the next rows of each table by id. `undefined` when there are none. */
export function rangeOf(tables: readonly (readonly Candidate[])[]): { readonly end: number } | undefined {
  // Of the last message in a full list there may be more.
  const known = Math.min(
    ...tables.map((rows) => (rows.length < PAGE_ROWS ? Number.POSITIVE_INFINITY : rows.at(-1)!.first - 1)),
  )
  const rows = tables.flat().filter((row) => row.first <= known)
  rows.sort((a, b) => a.first - b.first)
  let messages = 0
  let bytes = 0
  let end: number | undefined
  let first: number | undefined
  for (const row of rows) {
    if (row.first !== first) {
      if (messages >= MESSAGES || bytes >= BYTES) break
      first = row.first
      messages++
    }
    bytes += row.bytes
    end = Math.max(end ?? 0, row.last)
  }
  return end === undefined ? undefined : { end }
}
