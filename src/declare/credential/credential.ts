import type { SecretRef } from '../secret/secret.ts'

/** How a connector gets and renews its access token. Data only, naming secrets; `port/tokens.ts` is who does it. */
export type Credential = OAuth2ClientCredentials | OAuth2RefreshToken | OAuth2JwtBearer

interface OAuth2 {
  /** Names the token to operators, and among those of other connectors; the same name is the same token. Default: the connector's name. */
  readonly name: string | undefined
  /** The token endpoint (RFC 6749 section 3.2). */
  readonly tokenUrl: string
  /** Not a secret by itself (RFC 6749 section 2.2), but it may be kept as one. */
  readonly clientId: string | SecretRef
  readonly client: ClientAuthentication
  /** Space-separated (RFC 6749 section 3.3). */
  readonly scope: string | undefined
  /** The parameter `audience`, which some authorization servers want. */
  readonly audience: string | undefined
  /** Life of a token whose answer has no `expires_in`. Milliseconds. */
  readonly lifetimeMs: number
}

/** RFC 6749 section 4.4. */
export interface OAuth2ClientCredentials extends OAuth2 {
  readonly kind: 'oauth2 client credentials'
}

/** RFC 6749 section 6. The first refresh token is a secret; those that follow it are kept in the store, encrypted. */
export interface OAuth2RefreshToken extends OAuth2 {
  readonly kind: 'oauth2 refresh token'
  readonly refreshToken: SecretRef
}

/** RFC 7523 section 2.1: a signed statement in place of a grant by a person. */
export interface OAuth2JwtBearer extends OAuth2 {
  readonly kind: 'oauth2 jwt bearer'
  /** For whom the client acts (`sub`). */
  readonly subject: string
  readonly key: SigningKey
}

export type ClientAuthentication =
  /** RFC 6749 section 2.3.1. */
  | { readonly by: 'client_secret_basic' | 'client_secret_post'; readonly secret: SecretRef }
  /** RFC 7523 section 2.2. */
  | { readonly by: 'private_key_jwt'; readonly key: SigningKey }
  /** A public client, or a grant that says by itself who asks. */
  | { readonly by: 'none' }

/** RFC 7518 section 3.1. */
export type SigningAlgorithm = 'PS256' | 'PS384' | 'PS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512'

export interface SigningKey {
  /** PEM. */
  readonly secret: SecretRef
  readonly algorithm: SigningAlgorithm
  /** `kid` of the statement's header. */
  readonly keyId: string | undefined
  /** `aud` of the statement. */
  readonly audience: string
}

/** The key that encrypts what is kept in the store: 32 bytes in base64; two values while it is being rotated, the newest first. */
export const TOKEN_KEY = 'TIELINE_TOKEN_KEY'

/** Names of the secrets that a credential needs. */
export function secretsOf(credential: Credential): readonly string[] {
  const { client, clientId, kind } = credential
  return [
    ...(typeof clientId === 'string' ? [] : [clientId.secret]),
    ...(client.by === 'none'
      ? []
      : [client.by === 'private_key_jwt' ? client.key.secret.secret : client.secret.secret]),
    ...(kind === 'oauth2 jwt bearer' ? [credential.key.secret.secret] : []),
    ...(kind === 'oauth2 refresh token' ? [credential.refreshToken.secret, TOKEN_KEY] : []),
  ]
}
