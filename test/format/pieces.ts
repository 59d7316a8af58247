import {
  type Format,
  type Item,
  type Place,
  readRecords,
  type Writer,
  writeRecords,
} from '../../src/adapter/format/index.ts'

export const PIECES = [1, 7, 65_536] as const

/** A file as it might arrive, in a buffer that is used again for each piece. */
export function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(size)
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
    buffer.fill(0xff)
  }
}

export const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text)

/** What a file says, until it ends or is broken. */
export async function readAll<T>(
  format: Format<T>,
  file: string | Uint8Array,
  { size = 65_536, from }: { readonly size?: number; readonly from?: Place } = {},
): Promise<{ readonly items: readonly Item<T>[]; readonly broken?: string }> {
  const items: Item<T>[] = []
  try {
    for await (const item of readRecords(format, cut(bytesOf(file).subarray(from?.byte ?? 0), size), from))
      items.push(item)
  } catch (thrown) {
    return { items, broken: (thrown as Error).message }
  }
  return { items }
}

/** Values and faults alone. */
export const said = <T>(items: readonly Item<T>[]): readonly unknown[] =>
  items.map((item) => (item.as === 'record' ? item.value : item.fault))

/** Reads the file whole, in pieces, and on from every record, and says what it says; they must all agree. */
export async function readEveryWay<T>(
  format: Format<T>,
  file: string | Uint8Array,
): Promise<Awaited<ReturnType<typeof readAll<T>>>> {
  const whole = await readAll(format, file)
  for (const size of PIECES) {
    const pieces = await readAll(format, file, { size })
    if (JSON.stringify(pieces) !== JSON.stringify(whole))
      throw new Error(`pieces of ${size}: ${JSON.stringify(pieces)} instead of ${JSON.stringify(whole)}`)
  }
  for (const [i, { next }] of whole.items.entries()) {
    const from = JSON.parse(JSON.stringify(next)) as Place
    const rest = await readAll(format, file, { from, size: 7 })
    const expected = { ...whole, items: whole.items.slice(i + 1) }
    if (JSON.stringify(rest) !== JSON.stringify(expected))
      throw new Error(`from ${JSON.stringify(from)}: ${JSON.stringify(rest)} instead of ${JSON.stringify(expected)}`)
  }
  return whole
}

/** A whole file. */
export async function written<T>(writer: Writer<T>, values: readonly T[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of writeRecords(writer, values)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
