import type { Format, Item, Place } from './place.ts'

/** Taken at once, so that the records held at one time stay few whatever the size of the chunks. */
const PIECE = 65_536

/**
 * The records of a file, in its order. Nothing is read ahead of the consumer but one piece of 64 KiB.
 * @param from a place of an earlier reading of the same file; `chunks` then begin at its `byte`
 * @throws {TielineError} BODY_MALFORMED where the file is broken, after every record before that place
 */
export async function* readRecords<T>(
  format: Format<T>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  from?: Place,
): AsyncGenerator<Item<T>, void, undefined> {
  for await (const items of readBatches(format, chunks, from)) yield* items
}

/** As `readRecords`, the records of each piece together: for a million small records this is the faster way. */
export async function* readBatches<T>(
  format: Format<T>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  from?: Place,
): AsyncGenerator<readonly Item<T>[], void, undefined> {
  let items: Item<T>[] = []
  const intake = format.open((item) => items.push(item), from)
  const taken = (): readonly Item<T>[] => {
    const full = items
    items = []
    return full
  }
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        intake.push(chunk.subarray(at, at + PIECE))
        if (items.length > 0) yield taken()
      }
    }
    intake.end()
  } catch (broken) {
    if (items.length > 0) yield taken()
    throw broken
  }
  if (items.length > 0) yield taken()
}
