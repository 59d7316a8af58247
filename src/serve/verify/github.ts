import { signGithub } from '../../adapter/signature/github.ts'
import { sameText } from './same-text.ts'
import type { SignedRequest, Verdict } from './verdict.ts'

/** `X-Hub-Signature-256: sha256=…` over the body alone. No time is signed: only deduplication stops a replay. */
export function verifyGithub(request: SignedRequest, secrets: readonly string[]): Verdict {
  const signature = request.headers['x-hub-signature-256']
  if (signature === undefined) return 'missing'
  if (typeof signature !== 'string' || !signature.startsWith('sha256=')) return 'malformed'
  return secrets.some((secret) => sameText(signGithub(secret, request.body), signature)) ? 'genuine' : 'mismatch'
}
