import { isDeepStrictEqual } from 'node:util'

/** Whether two pieces of data are the same to a mapping: the same JSON, text or bytes. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0
  }
  return isDeepStrictEqual(a, b)
}
