import { TielineError } from '../../../core/error.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { RequestContext, RequestParts } from '../../../declare/target/operation.ts'

/** How requests prove who sends them: each is signed when it is otherwise complete, with the newest value of a secret. Pure. */
export interface Auth {
  readonly secrets: readonly string[]
  readonly sign: (parts: RequestParts, context: RequestContext) => RequestParts
}

/** `Authorization: Bearer …` (RFC 6750). */
export function bearer(secret: SecretRef): Auth {
  return byHeader(secret, (value) => ['authorization', `Bearer ${value}`])
}

/** The secret as the value of a header: `header('x-api-key', secret('CRM_KEY'))`. */
export function header(name: string, secret: SecretRef): Auth {
  const lower = headerName(name)
  return byHeader(secret, (value) => [lower, value])
}

/** `Authorization: Basic …` (RFC 7617): the secret is the password. */
export function basic(user: string, secret: SecretRef): Auth {
  if (user.includes(':'))
    throw new TielineError('DECLARATION_INVALID', 'basic: the user name cannot hold a colon (RFC 7617)')
  return byHeader(secret, (value) => ['authorization', `Basic ${Buffer.from(`${user}:${value}`).toString('base64')}`])
}

/**
 * The secret as a parameter of the address: `queryKey('api_key', secret('MAPS_KEY'))`. Addresses end up in the logs of those between us
 * and the provider: use a header wherever the provider takes one. Our own errors and logs hold no path and no query.
 */
export function queryKey(name: string, secret: SecretRef): Auth {
  if (name === '') throw new TielineError('DECLARATION_INVALID', 'queryKey: name the parameter')
  return auth(secret, (parts, context) => {
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(newest(context, secret))}`
    return { ...parts, path: `${parts.path}${parts.path.includes('?') ? '&' : '?'}${pair}` }
  })
}

/** `Authorization: Bearer …` with the access token of the connector's `credential`. */
export const bearerToken: Auth = Object.freeze({
  secrets: Object.freeze([]),
  sign: (parts: RequestParts, context: RequestContext) =>
    withHeader(parts, 'authorization', `Bearer ${tokenOf(context)}`),
})

export function auth(secret: SecretRef, sign: Auth['sign']): Auth {
  return Object.freeze({ secrets: Object.freeze([secret.secret]), sign })
}

function byHeader(secret: SecretRef, made: (value: string) => readonly [name: string, value: string]): Auth {
  return auth(secret, (parts, context) => withHeader(parts, ...made(newest(context, secret))))
}

export function withHeader(parts: RequestParts, name: string, value: string): RequestParts {
  return { ...parts, headers: { ...parts.headers, [name]: value } }
}

/** @throws {TielineError} DECLARATION_INVALID */
export function headerName(name: string): string {
  const lower = name.toLowerCase()
  if (/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower)) return lower
  throw new TielineError('DECLARATION_INVALID', `header name ${JSON.stringify(name)}: use letters, digits and '-'`)
}

/** @throws {TielineError} SECRET_MISSING */
export function newest(context: RequestContext, { secret }: SecretRef): string {
  const value = context.secret(secret)[0]
  if (value === undefined) throw new TielineError('SECRET_MISSING', `the secret ${secret} is not set`)
  return value
}

/** The access token of the connector's credential. @throws {TielineError} CONFIG_INVALID */
export function tokenOf({ token }: RequestContext): string {
  if (token !== undefined) return token
  throw new TielineError(
    'CONFIG_INVALID',
    'no access token: the connector declares no `credential`, or nobody fetches it',
    { disposition: 'retry' },
  )
}
