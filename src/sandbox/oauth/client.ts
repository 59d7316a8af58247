import { constants, createPublicKey, verify } from 'node:crypto'
import type { ProviderRequest } from '../provider.ts'
import { Refusal } from './refusal.ts'

/** A client that the authorization server knows. */
export interface OAuthClient {
  readonly id: string
  /** For `client_secret_basic` and `client_secret_post`. Without it and without a public key: a public client. */
  readonly secret?: string
  /** PEM, for `private_key_jwt` and the JWT bearer grant. */
  readonly publicKey?: string
  /** Wanted in the header of its statements. */
  readonly keyId?: string
  /** Refresh tokens that a person got for it beforehand; each begins a family. */
  readonly refreshTokens?: readonly string[]
}

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Who asks (RFC 6749 section 2.3, RFC 7523 section 3). @throws {Refusal} invalid_client, invalid_request */
export function authenticated(
  clients: readonly OAuthClient[],
  request: ProviderRequest,
  form: URLSearchParams,
  judge: StatementJudge,
): OAuthClient {
  const { authorization } = request.headers
  const assertion = form.get('client_assertion')
  const ways = [authorization, form.get('client_secret'), assertion].filter((way) => way != null).length
  if (ways > 1) throw new Refusal('invalid_request', 'more than one way of client authentication')
  if (assertion !== null) {
    if (form.get('client_assertion_type') !== ASSERTION) throw refused('unknown client_assertion_type')
    const statement = readStatement(assertion)
    const client = known(clients, statement.claims['iss'])
    if (statement.claims['sub'] !== undefined && statement.claims['sub'] !== client.id)
      throw refused('sub is not the client')
    judge(statement, client, 'invalid_client')
    return client
  }
  const [id, secret] =
    authorization === undefined ? [form.get('client_id'), form.get('client_secret')] : pair(authorization)
  const client = known(clients, id)
  if (client.secret !== (secret ?? undefined) || (client.secret === undefined && client.publicKey !== undefined)) {
    throw refused('the client is not authenticated')
  }
  return client
}

export function known(clients: readonly OAuthClient[], id: unknown): OAuthClient {
  const client = clients.find((one) => one.id === id)
  if (client === undefined) throw refused('unknown client')
  return client
}

const refused = (why: string): Refusal => new Refusal('invalid_client', why)

/** Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function pair(authorization: string): readonly [string, string] {
  const [scheme = '', value = ''] = authorization.split(' ')
  const text = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : ''
  const colon = text.indexOf(':')
  if (colon < 0) throw refused('no Basic credentials')
  const decoded = (part: string): string => new URLSearchParams(`v=${part}`).get('v') ?? ''
  return [decoded(text.slice(0, colon)), decoded(text.slice(colon + 1))]
}

/** A JWT (RFC 7519), not verified yet. */
export interface Statement {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: string
  readonly signature: Uint8Array
}

/** Verifies a statement, and that it is used once. @throws {Refusal} `error` */
export type StatementJudge = (
  statement: Statement,
  client: OAuthClient,
  error: 'invalid_client' | 'invalid_grant',
) => void

export function readStatement(jwt: string): Statement {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  try {
    return {
      header: JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>,
      claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>,
      signed: `${header}.${claims}`,
      signature: Buffer.from(signature, 'base64url'),
    }
  } catch {
    throw new Refusal('invalid_request', 'the assertion is not a JWT')
  }
}

/** Whether the client signed it: PS, RS and ES with SHA-2 (RFC 7518 section 3.1). */
export function isSigned({ header, signed, signature }: Statement, { publicKey, keyId }: OAuthClient): boolean {
  const algorithm = /^(PS|RS|ES)(256|384|512)$/.exec(String(header['alg']))
  if (publicKey === undefined || algorithm === null || (keyId !== undefined && header['kid'] !== keyId)) return false
  const [, family, bits] = algorithm
  const key = createPublicKey(publicKey)
  if ((family === 'ES') !== (key.asymmetricKeyType === 'ec')) return false
  const padding = family === 'PS' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  const how = family === 'ES' ? { key, dsaEncoding: 'ieee-p1363' as const } : { key, padding }
  return verify(`sha${bits}`, Buffer.from(signed), how, signature)
}
