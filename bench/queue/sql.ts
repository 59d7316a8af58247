import pg from 'pg'

/** Takes the choice of plans from the planner: a table that was never analysed is then read as one that was. */
export const PINNED =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_mergejoin=off -c enable_bitmapscan=off -c jit=off'

/** A connection that sends its statements without waiting for the answers of those before. */
export async function connect(url: string, options = ''): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, pipeline: true, options })
  client.on('error', () => undefined) // the database is dropped with its connections
  await client.connect()
  return client
}

/** One statement on a connection of its own. */
export async function once<T extends pg.QueryResultRow>(url: string, text: string): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

/** OID of bytea. */
const BYTEA = 17
const HEAD = 20

/** A `bytea[]` in PostgreSQL's binary format for arrays of one dimension. */
export function byteaArray(values: readonly Buffer[]): Buffer {
  let size = HEAD
  for (const value of values) size += 4 + value.length
  const bytes = Buffer.allocUnsafe(size)
  const head = [1, 0, BYTEA, values.length, 1] // dimensions, no nulls, element type, length, lower bound
  for (const [index, word] of head.entries()) bytes.writeInt32BE(word, index * 4)
  let at = HEAD
  for (const value of values) {
    at = bytes.writeInt32BE(value.length, at)
    at += value.copy(bytes, at)
  }
  return bytes
}

/** OID of bigint. */
const INT8 = 20

/** A `bigint[]`, from numbers as PostgreSQL prints them. */
export function bigintArray(values: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD + values.length * 12)
  const head = [1, 0, INT8, values.length, 1]
  for (const [index, word] of head.entries()) bytes.writeInt32BE(word, index * 4)
  let at = HEAD
  for (const value of values) {
    at = bytes.writeInt32BE(8, at)
    at = bytes.writeBigInt64BE(BigInt(value), at)
  }
  return bytes
}
