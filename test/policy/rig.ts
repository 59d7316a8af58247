import { TielineError } from '../../src/core/error.ts'
import { HTTP_FAULTS } from '../../src/declare/fault/http-faults.ts'
import type { Policy } from '../../src/declare/policy/policy.ts'
import { type Connector, type Idempotency, operation, type RequestContext } from '../../src/declare/target/operation.ts'
import { perform, type Seen, type Terms } from '../../src/engine/act.ts'
import type { Host } from '../../src/port/host.ts'
import type { HttpRequest, HttpResponse } from '../../src/port/http.ts'
import type { Tokens } from '../../src/port/tokens.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'

export interface Request {
  readonly atMs: number
  readonly request: HttpRequest
  readonly signal: AbortSignal | undefined
  readonly token: string | undefined
}

/** A status, after so long; an error; or no answer until it is given up. */
export type Reply =
  | { readonly status: number; readonly afterMs?: number; readonly headers?: Readonly<Record<string, string>> }
  | TielineError
  | 'never'

export interface CallOptions {
  readonly idempotency?: Idempotency
  readonly tenant?: string
  readonly stop?: AbortSignal
  readonly deadlineMs?: number
  readonly seen?: Seen
  readonly name?: string
  readonly connector?: Partial<Connector>
}

/** One provider under virtual time, whose replies the test writes. */
export function rig({ random = () => 1 - Number.EPSILON, tokens }: { random?: () => number; tokens?: Tokens } = {}) {
  const clock = virtualClock()
  const requests: Request[] = []
  const admissions = localAdmissions()
  const context: { last: RequestContext | undefined } = { last: undefined }
  let reply: (n: number) => Reply = () => ({ status: 200 })
  const host: Host = {
    name: 'test',
    clock,
    random,
    digest: (text) => text,
    secrets: { read: () => [] },
    log: () => {},
    ...(tokens === undefined ? {} : { tokens }),
    http: {
      request: async (request, signal): Promise<HttpResponse> => {
        requests.push({ atMs: clock.mono(), request, signal, token: context.last?.token })
        const said = reply(requests.length - 1)
        if (said instanceof TielineError) throw said
        if (said === 'never' || (said.afterMs ?? 0) > request.timeoutMs) {
          await clock.sleep(request.timeoutMs, signal)
          if (signal?.aborted) throw signal.reason
          throw new TielineError('HTTP_TIMEOUT', 'no answer')
        }
        if (said.afterMs !== undefined) await clock.sleep(said.afterMs, signal)
        if (signal?.aborted) throw signal.reason
        return { status: said.status, headers: said.headers ?? {}, body: new TextEncoder().encode('"made"') }
      },
    },
  }
  const operations = new Map<string, ReturnType<typeof declared>>()

  function declared(options: CallOptions, policy: Policy) {
    const connector: Connector = {
      kind: 'connector',
      name: 'crm',
      baseUrl: 'http://crm.test',
      secrets: [],
      policy,
      allow: [],
      proxy: undefined,
      maxResponseBytes: 1_000,
      faults: HTTP_FAULTS,
      ...options.connector,
    }
    return operation<null, unknown>({
      connector,
      name: options.name ?? 'deals.upsert',
      idempotency: options.idempotency ?? { by: 'state', why: 'an upsert' },
      request: (_, given) => {
        context.last = given
        return { method: 'POST', path: '/deals' }
      },
      response: (answer) => answer.json(),
    })
  }

  /** Begins a call; what comes of it is its value, or its error. */
  function call(policy: Policy, options: CallOptions = {}): Promise<unknown> {
    const key = JSON.stringify([policy, options.name, options.idempotency])
    const one = operations.get(key) ?? declared(options, policy)
    operations.set(key, one)
    const mono = clock.mono()
    const terms: Terms = {
      held: {
        lease: { id: '', owner: '', token: 0 },
        tenant: '',
        key: '',
        sinceMono: mono,
        untilMono: Number.MAX_SAFE_INTEGER,
        deadlineMono: mono + (options.deadlineMs ?? 60_000),
        over: false,
        compensating: false,
        abort: undefined,
        expire: undefined,
      } as Terms['held'],
      idempotencyKey: 'key',
      attempt: 1,
      layers: one.spec.connector.policy.layers,
      stop: options.stop ?? new AbortController().signal,
      admissions,
      tenant: options.tenant ?? '',
      ...(options.seen === undefined ? {} : { seen: options.seen }),
    }
    return perform(host, one, null, terms).catch((error: unknown) => error)
  }

  return {
    clock,
    requests,
    call,
    replies: (next: (n: number) => Reply): void => {
      reply = next
    },
    /** A call, and all the time that it takes. */
    done: async (policy: Policy, options: CallOptions = {}): Promise<unknown> => {
      const outcome = call(policy, options)
      await clock.advance(120_000)
      return outcome
    },
  }
}
