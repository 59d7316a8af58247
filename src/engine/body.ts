import { TielineError } from '../core/error.ts'

const JSON_TYPE = /^\s*(?:application\/json|[\w.+-]+\/[\w.+-]+\+json)\s*(?:;|$)/i
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The data in a stored body: parsed JSON, or text where the sender declared another type. */
export function decodeBody(body: Uint8Array, contentType: string | undefined): unknown {
  try {
    const text = utf8.decode(body)
    return contentType === undefined || JSON_TYPE.test(contentType) ? JSON.parse(text) : text
  } catch (cause) {
    throw new TielineError('BODY_MALFORMED', 'the stored body is not what its content type says', { cause })
  }
}
