import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../adapter/clock/system.ts'
import { TielineError } from '../../core/error.ts'
import type { Clock } from '../../port/clock.ts'
import { type FaultDesk, faultDesk } from '../fault/desk.ts'
import type { FaultPlan } from '../fault/rule.ts'
import { jsonAnswer, type Provider, type ProviderAnswer, type ProviderContext } from '../provider.ts'
import { idSource, seededRandom } from '../seeded-random.ts'
import { answerControl, CONTROL_PREFIX, type Controls, commonControls } from './control.ts'
import { perform, send } from './perform.ts'
import { readBody } from './read-body.ts'

export interface ServeOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: any free port. */
  readonly port?: number
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Decides ids and faults. Default 1. */
  readonly seed?: number
  /** Default: none. */
  readonly faults?: FaultPlan
  /** Larger bodies are answered 413. Bytes, default 1 MiB. */
  readonly maxBodyBytes?: number
}

/** Parts that the server of one provider adds. */
export interface ServeParts {
  readonly faults?: FaultDesk
  readonly controls?: Controls
  /** Called after each request that the model handled. */
  readonly handled?: () => void
}

export interface ProviderServer extends AsyncDisposable {
  /** `http://127.0.0.1:41234` */
  readonly url: string
  readonly faults: FaultDesk
  /** Requests to the provider, answered or not; controls do not count. */
  requests(): number
  /** Cuts what is open and closes. */
  close(): Promise<void>
}

export const SERVE_DEFAULTS: Readonly<Required<Omit<ServeOptions, 'clock'>>> = Object.freeze({
  host: '127.0.0.1',
  port: 0,
  seed: 1,
  faults: Object.freeze([]),
  maxBodyBytes: 1_048_576,
})

/**
 * Serves a provider model over HTTP, with faults around it and controls beside it.
 * @throws {TielineError} CONFIG_INVALID when the address cannot be used.
 */
export async function serveProvider(
  provider: Provider<unknown>,
  options: ServeOptions = {},
  parts: ServeParts = {},
): Promise<ProviderServer> {
  const { host, port, seed, faults: plan, maxBodyBytes } = { ...SERVE_DEFAULTS, ...options }
  const clock = options.clock ?? systemClock
  const faults = parts.faults ?? faultDesk(plan, seededRandom(seed + 1))
  const controls = { ...commonControls(provider, faults), ...parts.controls }
  const nextId = idSource(seededRandom(seed))
  const closing = new AbortController()
  let requests = 0

  function provide(request: IncomingMessage, response: ServerResponse, body: Uint8Array): void {
    const method = request.method ?? 'GET'
    const [path = '/', query = ''] = split(request.url ?? '/')
    if (path.startsWith(CONTROL_PREFIX)) {
      send(response, answerControl(controls, method, path, body))
      return
    }
    requests += 1
    const headers = headersOf(request)
    const context = (busyMs: number): ProviderContext => ({ nowMs: clock.now(), nextId, busyMs })
    perform(faults.answer({ method, path }, clock.now()), {
      response,
      clock,
      signal: closing.signal,
      handle: (busyMs) => {
        const answer = provider.handle({ method, path, query, headers, body }, context(busyMs))
        parts.handled?.()
        return answer
      },
      refuse: (fault, retryAfterS) => provider.refuse(fault, context(0), retryAfterS),
    })
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, maxBodyBytes)
    if (body === 'too large') send(response, TOO_LARGE)
    else if (body !== 'broken') provide(request, response, body)
  }

  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 30_000 }, (request, response) => {
    receive(request, response).catch(() => send(response, BUG))
  })
  await listen(server, host, port)
  const address = server.address() as AddressInfo

  async function close(): Promise<void> {
    closing.abort()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    faults,
    requests: () => requests,
    close,
    [Symbol.asyncDispose]: close,
  }
}

const TOO_LARGE: ProviderAnswer = jsonAnswer(413, { message: 'The body is too large.' }, { connection: 'close' })
const BUG: ProviderAnswer = jsonAnswer(500, { message: 'The sandbox itself failed.' })

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(new TielineError('CONFIG_INVALID', `sandbox address ${host}:${port}: ${cause.message}`, { cause }))
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

function split(url: string): readonly [string, string] {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
}

/** Node lower-cases names and joins repeats; only `set-cookie`, which no request has, is a list. */
function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers[name] = value
  return headers
}
