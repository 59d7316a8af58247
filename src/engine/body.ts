import { TielineError } from '../core/error.ts'
import { readJson } from '../core/json-value.ts'
import { holdsJson } from '../core/media-type.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The data in a stored body as its door read it: JSON; where the sender declared another type text, or bytes where they are no UTF-8. */
export function decodeBody(body: Uint8Array, contentType: string | undefined): unknown {
  const json = holdsJson(contentType)
  try {
    const text = utf8.decode(body)
    return json ? readJson(text) : text
  } catch (cause) {
    if (!json) return body
    throw new TielineError('BODY_MALFORMED', 'the stored body is not what its content type says', { cause })
  }
}
