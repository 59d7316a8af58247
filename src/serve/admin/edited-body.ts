import { invalid } from './field.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * The bytes of an edited body: `body` in base64, as `GET messages/{id}` shows it, or as a JSON object or list; or `text`.
 * @throws {TielineError} REQUEST_INVALID
 */
export function editedBody(body: unknown, text: string | undefined): Uint8Array {
  if ((body === undefined) === (text === undefined)) throw invalid('body', 'either body or text')
  if (text !== undefined) return Buffer.from(text)
  if (typeof body === 'object' && body !== null) return Buffer.from(JSON.stringify(body))
  if (typeof body === 'string' && BASE64.test(body)) return Buffer.from(body, 'base64')
  throw invalid('body', 'base64, or a JSON object or list; use text for the text itself')
}
