import type { SecretRef } from '../secret/secret.ts'

/** How a connector gets and renews its access token. Data only; `port/tokens.ts` is who does it. */
export type Credential = OAuth2ClientCredentials | OAuth2RefreshToken

interface OAuth2Client {
  /** Names the token among those of other connectors, and to the operator. Default: the connector's name. */
  readonly name: string
  /** The token endpoint (RFC 6749 section 3.2). */
  readonly tokenUrl: string
  readonly clientId: SecretRef
  readonly clientSecret: SecretRef | undefined
  readonly scope: string | undefined
}

/** RFC 6749 section 4.4. */
export interface OAuth2ClientCredentials extends OAuth2Client {
  readonly kind: 'oauth2 client credentials'
}

/** RFC 6749 section 6. The first refresh token is a secret; those that follow it are kept in the store, encrypted. */
export interface OAuth2RefreshToken extends OAuth2Client {
  readonly kind: 'oauth2 refresh token'
  readonly refreshToken: SecretRef
}
