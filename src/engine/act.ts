import { TielineError, toTielineError } from '../core/error.ts'
import { readJson } from '../core/json-value.ts'
import { classify } from '../declare/fault/classify.ts'
import { fullJitter } from '../declare/policy/backoff.ts'
import type { Layer } from '../declare/policy/policy.ts'
import type {
  Connector,
  Operation,
  OperationSpec,
  RequestContext,
  RequestParts,
  ResponseParts,
} from '../declare/target/operation.ts'
import type { Host } from '../port/host.ts'
import type { HttpRequest, HttpResponse } from '../port/http.ts'
import { type Held, LEASE_MARGIN_MS } from './held.ts'

/** What one call is made under. */
export interface Terms {
  readonly held: Held
  readonly idempotencyKey: string
  /** From 1. */
  readonly attempt: number
  /** The policy's layers, outermost first. */
  readonly layers: readonly Layer[]
  readonly stop: AbortSignal
}

/**
 * Performs one operation: policy around request half, HTTP, response half. Every try checks the lease first, and carries the same key.
 * @throws {TielineError} classified: retry (with the provider's Retry-After) or stop
 */
export function perform<I, O>(host: Host, operation: Operation<I, O>, input: I, terms: Terms): Promise<O> {
  return through(host, operation.spec, input, terms, 0, terms.held.deadlineMono)
}

/** One layer of the policy, then the next; the innermost is the exchange itself. */
function through<I, O>(
  host: Host,
  spec: OperationSpec<I, O>,
  input: I,
  terms: Terms,
  depth: number,
  deadline: number,
): Promise<O> {
  const layer = terms.layers[depth]
  if (layer === undefined) return exchange(host, spec, input, terms, deadline)
  if (layer.kind === 'timeout') {
    return through(host, spec, input, terms, depth + 1, Math.min(deadline, host.clock.mono() + layer.ms))
  }
  return again(host, layer, () => through(host, spec, input, terms, depth + 1, deadline), terms.stop)
}

async function again<O>(
  host: Host,
  layer: Layer & { kind: 'retry' },
  once: () => Promise<O>,
  stop: AbortSignal,
): Promise<O> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once()
    } catch (thrown) {
      const error = toTielineError(thrown)
      const asked = error.retryAfterMs ?? 0
      const final = error.disposition === 'stop' || error.code === 'LEASE_LOST' || error.code === 'STOPPING'
      // A longer pause than this layer's belongs to the store.
      if (final || attempt + 1 >= layer.attempts || asked > layer.maxMs || stop.aborted) throw error
      await host.clock.sleep(Math.max(asked, fullJitter(attempt, layer.baseMs, layer.maxMs, host.random)), stop)
    }
  }
}

async function exchange<I, O>(
  host: Host,
  spec: OperationSpec<I, O>,
  input: I,
  terms: Terms,
  deadline: number,
): Promise<O> {
  const mono = host.clock.mono()
  if (terms.held.over || mono + LEASE_MARGIN_MS > terms.held.untilMono)
    throw new TielineError('LEASE_LOST', 'the lease ends before the call could')
  const timeoutMs = deadline - mono
  if (timeoutMs <= 0)
    throw new TielineError('HTTP_TIMEOUT', `${spec.connector.name} ${spec.name}: no time is left for the call`)
  const { connector } = spec
  const parts = spec.request(input, contextOf(host, terms))
  const response = await host.http.request(requestOf(connector, parts, timeoutMs), terms.stop)
  if (response.status >= 200 && response.status < 300)
    return spec.response(new Answer(response, `${connector.name} ${spec.name}`), input)
  throw classify(response, connector.faults, host.clock.now())
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})

function requestOf(connector: Connector, parts: RequestParts, timeoutMs: number): HttpRequest {
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
  return request
}

function contextOf(host: Host, terms: Terms): RequestContext {
  return {
    idempotencyKey: terms.idempotencyKey,
    attempt: terms.attempt,
    nowMs: host.clock.now(),
    secret: (name) => {
      const values = host.secrets.read(name)
      if (values.length === 0) throw new TielineError('SECRET_MISSING', `the secret ${name} is not set`)
      return values
    },
  }
}

const utf8 = new TextDecoder()

/** An answer whose text is decoded, and parsed, only where somebody asks. */
class Answer implements ResponseParts {
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
