import {
  allowInsecureRequests,
  customFetch,
  genericTokenEndpointRequest,
  processGenericTokenEndpointResponse,
} from 'oauth4webapi'
import { TielineError, toTielineError } from '../../core/error.ts'
import type { Credential } from '../../declare/credential/credential.ts'
import { classify } from '../../declare/fault/classify.ts'
import { HTTP_FAULTS } from '../../declare/fault/http-faults.ts'
import type { Connector } from '../../declare/target/operation.ts'
import type { Clock } from '../../port/clock.ts'
import type { Http, HttpResponse } from '../../port/http.ts'
import type { Material } from './material.ts'
import { clientAuth, statementOf } from './statement.ts'

/** For one exchange with a token endpoint. Shorter than the lease under which it is made. */
export const EXCHANGE_MS = 15_000
const MAX_RESPONSE_BYTES = 65_536

export type Answer =
  | { readonly as: 'granted'; readonly access: string; readonly refresh: string | undefined; readonly lifeMs: number }
  /** Only a person can help. */
  | { readonly as: 'refused'; readonly why: string }
  /** Worth another try, later. */
  | { readonly as: 'failed'; readonly error: TielineError }

export interface Question {
  readonly connector: Connector
  readonly credential: Credential
  readonly material: Material
  /** In place of the declared one. */
  readonly refresh: string | undefined
}

/** Errors that the same request meets again (RFC 6749 section 5.2, RFC 8707 section 2). */
const FOR_A_PERSON: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'access_denied',
])

const GRANTS = Object.freeze({
  'oauth2 client credentials': 'client_credentials',
  'oauth2 refresh token': 'refresh_token',
  'oauth2 jwt bearer': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
})

/**
 * Asks a token endpoint once, over the Http port. What it answers never carries a value of `question` into an error.
 * @throws {TielineError} CONFIG_INVALID, before anything is sent
 */
export async function ask(question: Question, http: Http, clock: Clock): Promise<Answer> {
  const { credential, material } = question
  const server = { issuer: credential.tokenUrl, token_endpoint: credential.tokenUrl }
  const client = { client_id: material.clientId }
  const auth = await clientAuth(credential, material, clock.now())
  const parameters = await parametersOf(question, clock.now())
  let raw: HttpResponse | undefined
  try {
    const response = await genericTokenEndpointRequest(server, client, auth, GRANTS[credential.kind], parameters, {
      [allowInsecureRequests]: true, // the declaration takes http: for the machine itself only
      [customFetch]: async (url, { headers, body }) => {
        raw = await send(http, question.connector, url, headers, body.toString())
        return new Response(withoutIdentity(raw), { headers: { 'content-type': 'application/json' } })
      },
    })
    if (raw !== undefined && raw.status !== 200) return unfit(raw, question, clock.now())
    const grant = await processGenericTokenEndpointResponse(server, client, response)
    if (!/^[\x21-\x7e]+$/.test(grant.access_token)) return strange('access_token cannot stand in a header')
    const lifeMs = grant.expires_in ? grant.expires_in * 1_000 : credential.lifetimeMs
    return { as: 'granted', access: grant.access_token, refresh: grant.refresh_token, lifeMs }
  } catch (thrown) {
    // What the library throws carries the answer, tokens included, in its `cause`: only its sentence goes on.
    if (raw === undefined) return { as: 'failed', error: again(toTielineError(thrown)) }
    return strange((thrown as Error).message)
  }
}

async function send(
  http: Http,
  { allow, proxy }: Connector,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<HttpResponse> {
  return http.request({
    method: 'POST',
    url,
    headers: { ...headers, 'user-agent': 'tieline' },
    body,
    timeoutMs: EXCHANGE_MS,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    allow,
    ...(proxy === undefined ? {} : { proxy }),
  })
}

async function parametersOf(
  { credential, material, refresh }: Question,
  nowMs: number,
): Promise<Record<string, string>> {
  const { scope, audience } = credential
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(credential.kind === 'oauth2 refresh token' ? { refresh_token: refresh ?? material.grant ?? '' } : {}),
    ...(credential.kind === 'oauth2 jwt bearer' ? { assertion: await statementOf(credential, material, nowMs) } : {}),
  }
}

/** Who the user is does not concern us; an ID token that nobody verifies is better not looked at. */
function withoutIdentity({ body }: HttpResponse): string {
  const text = new TextDecoder().decode(body)
  try {
    const { id_token: _, ...rest } = JSON.parse(text) as Record<string, unknown>
    return JSON.stringify(rest)
  } catch {
    return text
  }
}

/** An answer with another status than 200. */
function unfit(raw: HttpResponse, question: Question, nowMs: number): Answer {
  const response = { ...raw, body: scrubbed(raw.body, question) }
  const error = classify(response, HTTP_FAULTS, nowMs)
  const code = codeIn(response)
  const known = code === undefined ? raw.status === 400 || raw.status === 401 : FOR_A_PERSON.has(code)
  if (known || raw.status === 401) return { as: 'refused', why: error.message }
  return { as: 'failed', error: again(error) }
}

function codeIn({ body }: HttpResponse): string | undefined {
  try {
    const { error } = JSON.parse(new TextDecoder().decode(body)) as { error?: unknown }
    return typeof error === 'string' ? error : undefined
  } catch {
    return undefined
  }
}

/** A server may quote what it was sent. */
function scrubbed(body: Uint8Array, { material, refresh, credential }: Question): Uint8Array {
  const { clientId, proof, grant } = material
  const secretId = typeof credential.clientId === 'string' ? undefined : clientId
  const basic = btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(proof ?? '')}`)
  let text = new TextDecoder().decode(body)
  for (const value of [proof, grant, refresh, secretId, basic]) {
    if (value === undefined || value === '') continue
    text = text.replaceAll(value, '[secret]').replaceAll(encodeURIComponent(value), '[secret]')
  }
  return new TextEncoder().encode(text)
}

const strange = (what: string): Answer => ({
  as: 'failed',
  error: again(new TielineError('PROVIDER_ANSWER', `not an answer of RFC 6749 section 5.1: ${what}`)),
})

/** The token endpoint is tried again, whatever the same answer would mean of a message. */
function again(error: TielineError): TielineError {
  const code = error.code === 'PROVIDER_REFUSED' ? 'PROVIDER_FAULT' : error.code
  const { retryAfterMs } = error
  return new TielineError(code, error.message, {
    disposition: 'retry',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
