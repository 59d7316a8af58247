import { TielineError } from '../../../core/error.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { RequestContext } from '../../../declare/target/operation.ts'

/** How requests prove who sends them: one header, made for each request from the newest value of a secret. */
export interface Auth {
  readonly secrets: readonly string[]
  readonly header: (context: RequestContext) => readonly [name: string, value: string]
}

/** `Authorization: Bearer …` (RFC 6750). */
export function bearer(secret: SecretRef): Auth {
  return auth(secret, (value) => ['authorization', `Bearer ${value}`])
}

/** The secret as the value of a header: `header('x-api-key', secret('CRM_KEY'))`. */
export function header(name: string, secret: SecretRef): Auth {
  const lower = name.toLowerCase()
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower)) {
    throw new TielineError('DECLARATION_INVALID', `header name ${JSON.stringify(name)}: use letters, digits and '-'`)
  }
  return auth(secret, (value) => [lower, value])
}

/** `Authorization: Basic …` (RFC 7617): the secret is the password. */
export function basic(user: string, secret: SecretRef): Auth {
  if (user.includes(':'))
    throw new TielineError('DECLARATION_INVALID', 'basic: the user name cannot hold a colon (RFC 7617)')
  return auth(secret, (value) => ['authorization', `Basic ${Buffer.from(`${user}:${value}`).toString('base64')}`])
}

function auth(secret: SecretRef, header: (value: string) => readonly [string, string]): Auth {
  return Object.freeze({
    secrets: Object.freeze([secret.secret]),
    header: (context: RequestContext) => header(newest(context, secret)),
  })
}

/** @throws {TielineError} SECRET_MISSING */
export function newest(context: RequestContext, { secret }: SecretRef): string {
  const value = context.secret(secret)[0]
  if (value === undefined) throw new TielineError('SECRET_MISSING', `the secret ${secret} is not set`)
  return value
}
