import { TielineError } from '../../core/error.ts'
import type { Credential } from '../../declare/credential/credential.ts'
import type { SecretRef } from '../../declare/secret/secret.ts'
import type { Secrets } from '../../port/secrets.ts'

/** The values behind a credential, read when they are needed and kept for one request. */
export interface Material {
  readonly clientId: string
  /** Of the client: its secret, or its private key. */
  readonly proof: string | undefined
  /** The declared refresh token, or the key that signs the grant. */
  readonly grant: string | undefined
}

/** The newest values. @throws {TielineError} SECRET_MISSING */
export function materialOf(credential: Credential, secrets: Secrets): Material {
  const { clientId, client, kind } = credential
  const read = ({ secret }: SecretRef): string => {
    const [value] = secrets.read(secret)
    if (value !== undefined) return value
    throw new TielineError('SECRET_MISSING', `the secret ${secret} is not set`)
  }
  return {
    clientId: typeof clientId === 'string' ? clientId : read(clientId),
    proof: client.by === 'none' ? undefined : read(client.by === 'private_key_jwt' ? client.key.secret : client.secret),
    grant:
      kind === 'oauth2 refresh token'
        ? read(credential.refreshToken)
        : kind === 'oauth2 jwt bearer'
          ? read(credential.key.secret)
          : undefined,
  }
}
