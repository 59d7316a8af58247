import { type Duration, milliseconds } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { checkName } from '../../core/name.ts'
import type { SecretRef } from '../secret/secret.ts'
import type {
  ClientAuthentication,
  OAuth2ClientCredentials,
  OAuth2JwtBearer,
  OAuth2RefreshToken,
  SigningAlgorithm,
  SigningKey,
} from './credential.ts'

interface Common {
  /** Names the token to operators; the same name is the same token. Default: the connector's name. */
  readonly name?: string
  /** The token endpoint: `https:`, or `http:` on the machine itself. */
  readonly tokenUrl: string
  readonly clientId: string | SecretRef
  /** Space-separated. With a private key it is also a claim of the statement, as a list (NetSuite reads it there). */
  readonly scope?: string
  /** Life of a token whose answer has no `expires_in`. Default `'15m'`. */
  readonly lifetime?: Duration
}

interface Shared {
  readonly clientSecret: SecretRef
  /** Where the secret stands: in the header, or in the body. Default `client_secret_basic`. */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post'
  readonly privateKey?: undefined
}

interface Signed {
  /** PEM, PKCS #8 or the older forms; line ends may be written as `\n`. */
  readonly privateKey: SecretRef
  /** Default `PS256`. */
  readonly algorithm?: SigningAlgorithm
  /** `kid`: the certificate's id at the provider. */
  readonly keyId?: string
  /** `aud` of the statement. Default: `tokenUrl`. */
  readonly assertionAudience?: string
  readonly clientSecret?: undefined
}

interface Public {
  readonly clientSecret?: undefined
  readonly privateKey?: undefined
}

export type ClientCredentialsOptions = Common &
  (Shared | Signed) & {
    /** The parameter `audience`, where the server wants it. */
    readonly audience?: string
  }

export type RefreshTokenOptions = Common &
  (Shared | Signed | Public) & {
    /** The first one, as a person got it. Those that follow it are kept in the store, encrypted. */
    readonly refreshToken: SecretRef
  }

export interface JwtBearerOptions extends Common {
  readonly privateKey: SecretRef
  /** Default `RS256`. */
  readonly algorithm?: SigningAlgorithm
  readonly keyId?: string
  /** `sub`: for whom the client acts. Salesforce: the user's name. */
  readonly subject: string
  /** `aud`. Salesforce: `https://login.salesforce.com`. Default: `tokenUrl`. */
  readonly assertionAudience?: string
}

/**
 * The client's own access (RFC 6749 section 4.4), proven with a secret or with a private key (RFC 7523 section 2.2):
 * `clientCredentials({ tokenUrl: 'https://erp.example.com/token', clientId: secret('ERP_ID'), clientSecret: secret('ERP_SECRET') })`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function clientCredentials(options: ClientCredentialsOptions): OAuth2ClientCredentials {
  const client = authentication(options)
  if (client.by === 'none') throw invalid('name a clientSecret or a privateKey')
  return deepFreeze({ kind: 'oauth2 client credentials', ...common(options), client, audience: options.audience })
}

/**
 * Access that a person granted once (RFC 6749 section 6). The provider may give a new refresh token with each access token: it is
 * stored, encrypted with TIELINE_TOKEN_KEY, before the access token is used.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function refreshToken(options: RefreshTokenOptions): OAuth2RefreshToken {
  const { refreshToken: first } = options
  return deepFreeze({
    kind: 'oauth2 refresh token',
    ...common(options),
    client: authentication(options),
    audience: undefined,
    refreshToken: first,
  })
}

/**
 * Access for a user who has allowed it beforehand, by a signed statement (RFC 7523 section 2.1), as Salesforce and Google have it.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function jwtBearer(options: JwtBearerOptions): OAuth2JwtBearer {
  const { subject } = options
  if (subject === '') throw invalid('subject: name the user for whom the client acts')
  return deepFreeze({
    kind: 'oauth2 jwt bearer',
    ...common(options),
    client: { by: 'none' },
    audience: undefined,
    subject,
    key: signingKey(options, 'RS256'),
  })
}

function common(options: Common) {
  const { name, tokenUrl, clientId, scope, lifetime = '15m' } = options
  if (name !== undefined) checkName('credential', name)
  checkUrl(tokenUrl)
  if (clientId === '') throw invalid('clientId: empty')
  if (scope?.trim() === '') throw invalid('scope: leave it out, or name one')
  const lifetimeMs = milliseconds(lifetime)
  if (lifetimeMs < 1_000) throw invalid('lifetime: one second or more')
  return { name, tokenUrl, clientId, scope, lifetimeMs }
}

function authentication(options: Common & (Shared | Signed | Public)): ClientAuthentication {
  const { clientSecret, privateKey } = options
  if (clientSecret !== undefined && privateKey !== undefined)
    throw invalid('name a clientSecret or a privateKey, not both')
  if (privateKey !== undefined) return { by: 'private_key_jwt', key: signingKey(options as Common & Signed, 'PS256') }
  if (clientSecret === undefined) return { by: 'none' }
  return { by: (options as Shared).clientAuthentication ?? 'client_secret_basic', secret: clientSecret }
}

function signingKey(options: Common & Omit<Signed, 'clientSecret'>, usual: SigningAlgorithm): SigningKey {
  const { privateKey, algorithm = usual, keyId, assertionAudience = options.tokenUrl } = options
  return { secret: privateKey, algorithm, keyId, audience: assertionAudience }
}

/** RFC 6749 section 3.2 asks for TLS; the address is not told, it may hold a password. */
function checkUrl(text: string): void {
  const url = URL.parse(text)
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) {
    throw invalid('tokenUrl: use an absolute https: address; http: is good for the machine itself only')
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw invalid('tokenUrl: leave out name, password and fragment')
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function invalid(what: string): TielineError {
  return new TielineError('DECLARATION_INVALID', `credential: ${what}`)
}
