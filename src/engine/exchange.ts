import { TielineError } from '../core/error.ts'
import { readJson } from '../core/json-value.ts'
import { classify } from '../declare/fault/classify.ts'
import type {
  Connector,
  OperationSpec,
  RequestContext,
  RequestParts,
  ResponseParts,
} from '../declare/target/operation.ts'
import type { Host } from '../port/host.ts'
import type { HttpRequest, HttpResponse } from '../port/http.ts'
import type { Terms } from './act.ts'
import { LEASE_MARGIN_MS } from './held.ts'

/** What the layers around an exchange leave it. */
export interface Limits {
  /** Monotonic. */
  readonly deadline: number
  readonly connectMs: number | undefined
  readonly firstByteMs: number | undefined
  readonly signal: AbortSignal
}

/**
 * Request half, HTTP, response half. Where the connector has a credential, the token that it is made with; one that is refused before
 * its time is renewed once.
 * @throws {TielineError} classified: retry (with the provider's Retry-After) or stop
 */
export async function exchange<I, O>(
  host: Host,
  spec: OperationSpec<I, O>,
  input: I,
  terms: Terms,
  limits: Limits,
): Promise<O> {
  const { connector } = spec
  if (connector.credential === undefined) return send(host, spec, input, terms, limits, undefined)
  const { tokens } = host
  if (tokens === undefined)
    throw new TielineError('CREDENTIAL_REFUSED', `${connector.name}: the runtime has nothing that fetches its tokens`)
  const token = await tokens.get(connector)
  try {
    return await send(host, spec, input, terms, limits, token)
  } catch (error) {
    if (!(error instanceof TielineError) || error.code !== 'CREDENTIAL_REFUSED') throw error
    tokens.refused(connector, token)
    const renewed = await tokens.get(connector)
    if (renewed === token) throw error
    return send(host, spec, input, terms, limits, renewed)
  }
}

async function send<I, O>(
  host: Host,
  spec: OperationSpec<I, O>,
  input: I,
  terms: Terms,
  limits: Limits,
  token: string | undefined,
): Promise<O> {
  const { connector } = spec
  const mono = host.clock.mono()
  if (terms.held.over || mono + LEASE_MARGIN_MS > terms.held.untilMono)
    throw new TielineError('LEASE_LOST', 'the lease ends before the call could')
  const timeoutMs = limits.deadline - mono
  if (timeoutMs <= 0) throw noTime(spec)
  const parts = spec.request(input, contextOf(host, terms, token))
  const response = await host.http.request(requestOf(connector, parts, timeoutMs, limits), limits.signal)
  const answer = new Answer(response, `${connector.name} ${spec.name}`)
  const good = (response.status >= 200 && response.status < 300) || spec.repeated?.(answer) === true
  const error = good ? undefined : classify(response, connector.faults, host.clock.now())
  terms.seen?.(
    { connector: connector.name, operation: spec.name, tenant: terms.tenant },
    connector,
    response.headers,
    error,
  )
  if (error !== undefined) throw error
  return spec.response(answer, input)
}

export function noTime({ connector, name }: OperationSpec<never, unknown>): TielineError {
  return new TielineError('HTTP_TIMEOUT', `${connector.name} ${name}: no time is left for the call`)
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})

export function requestOf(
  connector: Connector,
  parts: RequestParts,
  timeoutMs: number,
  { connectMs, firstByteMs }: Pick<Limits, 'connectMs' | 'firstByteMs'>,
): HttpRequest {
  const request: { -readonly [K in keyof HttpRequest]: HttpRequest[K] } = {
    method: parts.method,
    url: connector.baseUrl + parts.path,
    headers: parts.headers ?? NO_HEADERS,
    timeoutMs,
    maxResponseBytes: connector.maxResponseBytes,
    allow: connector.allow,
  }
  if (parts.body !== undefined) request.body = parts.body
  if (connector.proxy !== undefined) request.proxy = connector.proxy
  if (connectMs !== undefined) request.connectMs = connectMs
  if (firstByteMs !== undefined) request.firstByteMs = firstByteMs
  return request
}

export function contextOf(host: Host, terms: Terms, token: string | undefined): RequestContext {
  const context = {
    idempotencyKey: terms.idempotencyKey,
    attempt: terms.attempt,
    nowMs: host.clock.now(),
    secret: (name: string): readonly string[] => {
      const values = host.secrets.read(name)
      if (values.length === 0) throw new TielineError('SECRET_MISSING', `the secret ${name} is not set`)
      return values
    },
  }
  return token === undefined ? context : { ...context, token }
}

const utf8 = new TextDecoder()

/** An answer whose text is decoded, and parsed, only where somebody asks. */
export class Answer implements ResponseParts {
  readonly #response: HttpResponse
  readonly #place: string

  constructor(response: HttpResponse, place: string) {
    this.#response = response
    this.#place = place
  }

  get status(): number {
    return this.#response.status
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#response.headers
  }

  get text(): string {
    return utf8.decode(this.#response.body)
  }

  json(): unknown {
    try {
      return readJson(this.text)
    } catch (cause) {
      throw new TielineError('PROVIDER_ANSWER', `${this.#place}: the answer is not JSON`, { cause })
    }
  }
}
