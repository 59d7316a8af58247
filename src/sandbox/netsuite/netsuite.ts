import type { AnsweredFault, Provider, ProviderAnswer, ProviderContext, ProviderRequest } from '../provider.ts'
import type { AccountState, Call } from './call.ts'
import type { NetsuiteLedger } from './effect.ts'
import { Refusal } from './refusal.ts'
import { answerCall } from './route.ts'
import { Shelf } from './shelf.ts'

export interface NetsuiteOptions {
  /** Access tokens that are good. Default: any. */
  readonly tokens?: readonly string[]
  /** Requests at once; a real account has 5 to 55, and 10 more for each SuiteCloud Plus license. Default: never limits. */
  readonly concurrency?: number
  /** How long an asynchronous job takes. Milliseconds, default 0: it is done when somebody asks. */
  readonly jobMs?: number
}

export type Netsuite = Provider<NetsuiteLedger>

/** One item that invoices can sell, as an account must have one: the default of the connector. */
const ITEM = Object.freeze({ type: 'nonInventorySaleItem', id: '1', externalId: 'tieline' })

/** A NetSuite account with the wire shapes of SuiteTalk REST web services: records, SuiteQL, asynchronous jobs. */
export function netsuite(options: NetsuiteOptions = {}): Netsuite {
  const { tokens, concurrency = Number.POSITIVE_INFINITY, jobMs = 0 } = options
  let lastId = 100
  let state = empty()
  let busyUntil: readonly number[] = []

  const nextId = (): string => {
    lastId += 1
    return String(lastId)
  }

  /** Requests whose answers are still on their way hold their places. */
  function enter({ nowMs, busyMs = 0 }: ProviderContext): void {
    busyUntil = busyUntil.filter((until) => until > nowMs)
    if (busyUntil.length >= concurrency) throw limited()
    if (busyMs > 0) busyUntil = [...busyUntil, nowMs + busyMs]
  }

  function handle(request: ProviderRequest, context: ProviderContext): ProviderAnswer {
    const query = new URLSearchParams(request.query)
    const call: Call = { state, context, request, query, jobMs, nextId }
    try {
      authenticate(request.headers['authorization'], tokens)
      enter(context)
      return answerCall(call)
    } catch (thrown) {
      if (thrown instanceof Refusal) return thrown.answer()
      throw thrown
    }
  }

  return {
    name: 'netsuite',
    handle,
    refuse: (fault, _, retryAfterS) => refuse(fault, retryAfterS),
    ledger: () => ({ effects: state.effects, repeats: state.repeats }),
    state: () => Object.fromEntries([...state.shelves].map(([type, shelf]) => [type, shelf.values()])),
    reset: () => {
      state = empty()
      busyUntil = []
    },
  }
}

function empty(): AccountState {
  const items = new Shelf(ITEM.type)
  items.put({ id: ITEM.id, externalId: ITEM.externalId, fields: { itemId: ITEM.externalId } })
  return {
    shelves: new Map([
      [ITEM.type, items],
      ['customer', new Shelf('customer')],
    ]),
    jobs: new Map(),
    keys: new Map(),
    effects: [],
    repeats: 0,
  }
}

function authenticate(header: string | undefined, tokens: readonly string[] | undefined): void {
  const [scheme = '', token = ''] = (header ?? '').split(' ')
  if (scheme === 'Bearer' && token !== '' && (tokens?.includes(token) ?? true)) return
  throw unauthorized()
}

const unauthorized = (): Refusal =>
  new Refusal(
    401,
    'INVALID_LOGIN',
    'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
  )

const limited = (): Refusal =>
  new Refusal(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.')

function refuse(fault: AnsweredFault, retryAfterS: number): ProviderAnswer {
  switch (fault) {
    case 'rate-limited':
      return limited().answer({ 'retry-after': String(retryAfterS) })
    case 'server-error':
      return new Refusal(500, 'UNEXPECTED_ERROR', 'An unexpected error occurred.').answer()
    case 'expired-token':
      return unauthorized().answer()
  }
}
