import { sameText } from './same-text.ts'
import type { SignedRequest, Verdict } from './verdict.ts'

const BEARER = /^Bearer +([!-~]+) *$/i // RFC 6750 section 2.1; the scheme's name is case-insensitive, RFC 9110 section 11.1

/** `Authorization: Bearer …` with one of the secrets. */
export function verifyBearer(request: Pick<SignedRequest, 'headers'>, secrets: readonly string[]): Verdict {
  const header = request.headers['authorization']
  if (header === undefined) return 'missing'
  const token = typeof header === 'string' ? BEARER.exec(header)?.[1] : undefined
  if (token === undefined) return 'malformed'
  return secrets.some((secret) => sameText(secret, token)) ? 'genuine' : 'mismatch'
}
