import { one, type Scheme, URI } from './signing.ts'

const SECRETS = ['token-old', 'token-new.0~+/=', '!', 'token-other']

/** RFC 6750: `Bearer`, in any case, spaces, the token as it is. Nothing of the request is signed. */
export const bearer: Scheme = {
  name: 'verify-bearer',
  about: 'Authorization: Bearer …',
  secrets: SECRETS,
  signings: SECRETS.map((secret) => ({
    request: { method: 'POST', uri: URI, headers: { authorization: `Bearer ${secret}` }, body: Buffer.from('{}') },
    secret,
  })),
  signed({ headers, secrets }) {
    const header = one(headers, 'authorization') ?? ''
    if (header.slice(0, 7).toLowerCase() !== 'bearer ') return false
    let token = header.slice(7)
    while (token.startsWith(' ')) token = token.slice(1)
    while (token.endsWith(' ')) token = token.slice(0, -1)
    return token !== '' && !token.includes(' ') && secrets.includes(token)
  },
}
