import { TielineError } from '../../core/error.ts'
import { LEASE_MARGIN_MS } from '../../engine/held.ts'
import type { Http, HttpRequest, HttpResponse } from '../../port/http.ts'
import type { Provider, ProviderAnswer, ProviderRequest } from '../../sandbox/provider.ts'
import { answerOf, HTTP_FAULTS, LATE_MS } from './http-faults.ts'
import type { Incarnation } from './incarnation.ts'
import type { Invariants, Ticket } from './invariants.ts'
import type { Cast } from './scenario.ts'
import type { Sim } from './sim.ts'

export interface HttpParts {
  readonly sim: Sim
  readonly cast: Cast
  readonly invariants: Invariants
  readonly nextId: (prefix: string) => string
}

/** HTTP as one process reaches it: providers are pure models, and every fault is around them. */
export function httpPort(parts: HttpParts, process: Incarnation): Http {
  return { request: (request, signal) => (process.alive ? exchange(parts, process, request, signal) : NEVER) }
}

const NEVER: Promise<never> = new Promise(() => {})

function exchange(
  { sim, cast, invariants, nextId }: HttpParts,
  process: Incarnation,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const [base, provider] = providerOf(cast, request.url)
  const name = `http ${request.method} ${request.url.slice(base.length)}`
  const subject = cast.subject?.(request)
  cast.called?.(request, sim.now, process.name)
  const detail = subject === undefined ? '' : `${subject.flow} ${subject.message}`
  const ticket = subject === undefined ? undefined : invariants.called(process, subject)
  const fault = HTTP_FAULTS[sim.tape.draw('http', sim.chance(sim.levels.http), HTTP_FAULTS.length)] ?? ''
  return new Promise((resolve, reject) => {
    const end = once(ticket, invariants, signal, (reason) =>
      reject(reason instanceof TielineError ? reason : new TielineError('STOPPING', 'given up by the caller')),
    )
    const refuse = (code: 'HTTP_TIMEOUT' | 'HTTP_BROKEN', why: string): void =>
      end.with(0, () => reject(new TielineError(code, `${request.url}: ${why}`)))
    sim.after(request.timeoutMs, process, () => {
      if (end.open) sim.say(process.name, 'gives up waiting', `${name} ${detail}`)
      refuse('HTTP_TIMEOUT', 'no answer in time')
    })
    const travelMs = sim.delay(process)
    if (travelMs > LEASE_MARGIN_MS && request.headers['idempotency-key'] === undefined) return // see the end of this file
    sim.after(travelMs, undefined, () => {
      const call = { name, write: true, detail }
      sim.strike(process, call, 'before')
      if (!sim.lands(process)) return
      if (fault !== '') sim.fault(fault, process.name, `${name} ${detail}`)
      const answer = answerOf(provider, fault, requestOf(request, base), {
        nowMs: sim.wall,
        nextId,
        busyMs: fault === 'answers late' ? LATE_MS : 0,
      })
      sim.say(process.name, name, `${detail} ${answer === undefined ? '' : answer.status}`)
      sim.strike(process, call, 'after')
      if (!process.alive || fault.endsWith('no answer')) return
      const late = fault === 'answers late' ? LATE_MS : 0
      sim.after(sim.delay(process) + late, process, () => {
        if (answer === undefined) return refuse('HTTP_BROKEN', 'the connection was cut')
        const patienceMs = answer.status === 429 ? Number(answer.headers['retry-after'] ?? 0) * 1_000 : 0
        end.with(patienceMs, () => resolve(responseOf(answer)))
      })
    })
  })
}

/** An exchange ends once: with an answer, with an error, or because its caller no longer wants it. */
function once(
  ticket: Ticket | undefined,
  invariants: Invariants,
  signal: AbortSignal | undefined,
  abort: (reason: unknown) => void,
): { readonly open: boolean; with(retryAfterMs: number, go: () => void): void } {
  let open = true
  const end = (retryAfterMs: number, go: () => void): void => {
    if (!open) return
    open = false
    signal?.removeEventListener('abort', aborted)
    if (ticket !== undefined) invariants.answered(ticket, retryAfterMs)
    go()
  }
  const aborted = (): void => end(0, () => abort(signal?.reason))
  signal?.addEventListener('abort', aborted)
  if (signal?.aborted === true) aborted()
  return {
    get open() {
      return open
    },
    with: end,
  }
}

function providerOf(cast: Cast, url: string): [base: string, provider: Provider<unknown>] {
  for (const [base, provider] of Object.entries(cast.providers)) if (url.startsWith(base)) return [base, provider]
  throw new TielineError('HTTP_CONNECT', `${url}: the scenario has no provider at this address`)
}

function requestOf(request: HttpRequest, base: string): ProviderRequest {
  const rest = request.url.slice(base.length)
  const query = rest.indexOf('?')
  const body = request.body ?? ''
  return {
    method: request.method,
    path: query < 0 ? rest : rest.slice(0, query),
    query: query < 0 ? '' : rest.slice(query + 1),
    headers: request.headers,
    body: typeof body === 'string' ? Buffer.from(body) : body,
  }
}

const responseOf = ({ status, headers, body }: ProviderAnswer): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body),
})

// A repeat that is safe "by state" (an upsert) is safe only while no former request is still on its way: one that arrives after the
// lease of its sender may write an old state over a newer one, and nobody but the provider could tell. So a request without a key
// arrives within the margin that a call keeps from the end of its lease, or never. With a key it may come as late as it likes.
