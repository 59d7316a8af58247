/** How to write a file: text before, for each record, and after. */
export interface Writer<T> {
  readonly head: string
  /** @throws {TielineError} VALUE_INVALID when the format cannot hold the value */
  record(value: T): string
  readonly tail: string
}

/** Characters gathered before they are encoded: records are small, and a chunk for each would cost more than the writing. */
const GATHERED = 65_536

/** A file as UTF-8, in chunks of about 64 KiB; the values are asked for as the chunks are. */
export async function* writeRecords<T>(
  writer: Writer<T>,
  values: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let text = writer.head
  for await (const value of values) {
    text += writer.record(value)
    if (text.length < GATHERED) continue
    yield Buffer.from(text)
    text = ''
  }
  text += writer.tail
  if (text !== '') yield Buffer.from(text)
}
