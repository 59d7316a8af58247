import { isUtf8 } from 'node:buffer'
import type { History } from '../../port/store.ts'

const BODY_BYTES = 1_048_576 // the default limit of what a source takes

/** A history as JSON: the body in base64, and as text where it is whole and valid UTF-8. */
export function journey(history: History): Readonly<Record<string, unknown>> {
  const { body, ...facts } = history
  if (body === undefined) return facts
  const truncated = body.length > BODY_BYTES
  const shown = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, BODY_BYTES))
  return {
    ...facts,
    body: shown.toString('base64'),
    ...(truncated ? { truncated } : isUtf8(shown) ? { text: shown.toString() } : {}),
    bodyBytes: body.length,
  }
}
