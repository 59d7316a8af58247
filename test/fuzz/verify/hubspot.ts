import { signHubspot } from '../../../src/adapter/signature/index.ts'
import { BODIES, bySignature, inTime, one, type Scheme, STAMPS_MS, same, sameKey, URI } from './signing.ts'

const SECRETS = ['made-up-client-secret-old', 'made-up-client-secret-new', 'made-up-client-secret-other']
const URIS = [
  URI,
  'https://hooks.example.com/in/hubspot',
  "https://hooks.example.com/in/hubspot?q=a:b/c?@!$'()*,;%20%26",
]
const SIGNINGS = BODIES.flatMap((body) =>
  STAMPS_MS.flatMap((stampMs) =>
    SECRETS.slice(0, 2).map((secret, i) => {
      const uri = URIS[(i + body.length) % URIS.length] as string
      const signature = signHubspot(secret, 'POST', uri, body, stampMs)
      const headers = { 'x-hubspot-request-timestamp': String(stampMs), 'x-hubspot-signature-v3': signature }
      return {
        request: { method: 'POST', uri, headers, body },
        secret,
        signature,
        content: content('POST', uri, body, String(stampMs)),
      }
    }),
  ),
)
const SIGNED = bySignature(SIGNINGS)

/**
 * Method, address, body and time with nothing between them: where one ends and the next begins is not signed (the scheme's own weakness), so
 * the joined bytes are what counts. Twelve characters of the address may come as escapes; a fragment is not part of it.
 */
export const hubspot: Scheme = {
  name: 'verify-hubspot',
  about: 'X-HubSpot-Signature-v3',
  secrets: SECRETS,
  signings: SIGNINGS,
  signed({ method, uri, headers, body, secrets, nowMs }) {
    const stamp = one(headers, 'x-hubspot-request-timestamp') ?? ''
    const signature = one(headers, 'x-hubspot-signature-v3')
    if (!inTime(stamp, 1, nowMs)) return false
    const signing = SIGNED.get(signature ?? '')
    if (signing === undefined || !secrets.some((secret) => sameKey(secret, signing.secret))) return false
    return same(signing.content, content(method, uri, body, stamp))
  },
}

function content(method: string, uri: string, body: Uint8Array, stamp: string): Uint8Array {
  const [address = ''] = uri.split('#')
  let decoded = address
  for (const character of ":/?@!$'()*,;") {
    const code = character.charCodeAt(0).toString(16)
    for (const spelling of [`%${code}`, `%${code.toUpperCase()}`])
      decoded = decoded.replaceAll(spelling, () => character)
  }
  return Buffer.concat([Buffer.from(method + decoded), body, Buffer.from(stamp)])
}
