/** Bytes of a message's JSON. */
export const BODY_BYTES = 1_024
const DIGITS = 10

/** What every system carries: a payment with its lines. `check` follows from `id`, so that a body can be told from another's. */
export interface Body {
  readonly id: string
  readonly check: string
  readonly type: string
  readonly items: readonly unknown[]
  readonly pad: string
}

const padded = (n: number): string => String(n).padStart(DIGITS, '0')
const checkOf = (n: number): string => padded(Math.imul(n + 1, 0x9e3779b1) >>> 0)

const EMPTY: Body = {
  id: padded(0),
  check: padded(0),
  type: 'payment',
  items: Array.from({ length: 11 }, (_, n) => ({ sku: `sku-${n}`, n, price: 12.5, note: 'x'.repeat(28) })),
  pad: '',
}
const TEMPLATE: Body = { ...EMPTY, pad: 'y'.repeat(BODY_BYTES - JSON.stringify(EMPTY).length) }
const BYTES = Buffer.from(JSON.stringify(TEMPLATE))
const AT_ID = '{"id":"'.length
const AT_CHECK = AT_ID + DIGITS + '","check":"'.length

export const bodyOf = (n: number): Body => ({ ...TEMPLATE, id: padded(n), check: checkOf(n) })

/** The same as bytes. */
export function bytesOf(n: number): Buffer {
  const bytes = Buffer.allocUnsafe(BODY_BYTES)
  BYTES.copy(bytes)
  bytes.write(padded(n), AT_ID, 'latin1')
  bytes.write(checkOf(n), AT_CHECK, 'latin1')
  return bytes
}

/** The number of a body that arrived; -1 when it is not one that was sent. */
export function numberOf({ id, check }: Body): number {
  const n = Number(id)
  return Number.isInteger(n) && check === checkOf(n) ? n : -1
}

/** Two streams of messages are in flight. Every key is in one of them only, so that its order is what the sender knows it to be. */
export const STREAMS = 2

/** The ordering key of a message; 0 keys: each message its own. Spread as by chance, and the same in every run. */
export function keyOf(n: number, keys: number): string {
  if (keys === 0) return `m${n}`
  return `k${(scattered(Math.floor(n / STREAMS)) % (keys / STREAMS)) * STREAMS + (n % STREAMS)}`
}

/** The last steps of MurmurHash3, which spread neighbours over all of 32 bits. */
function scattered(n: number): number {
  const once = Math.imul(n ^ (n >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return (twice ^ (twice >>> 16)) >>> 0
}
