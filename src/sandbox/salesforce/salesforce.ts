import {
  type AnsweredFault,
  jsonAnswer,
  type Provider,
  type ProviderAnswer,
  type ProviderRequest,
} from '../provider.ts'
import { idSource } from './id.ts'
import type { Call, Org, SalesforceLedger, Schema } from './org.ts'
import type { Cursors } from './query.ts'
import { Records } from './records.ts'
import { malformed, missing, Refusal } from './refusal.ts'
import { answerCall } from './route.ts'

export interface SalesforceOptions extends Schema {
  /** Access tokens that are good. Default: any. */
  readonly tokens?: readonly string[]
  /** Requests in 24 hours. Default: wide enough never to limit. */
  readonly dailyLimit?: number
  /** Records of a page of a query, at most 2,000. Default 2,000. */
  readonly pageSize?: number
}

/** A Salesforce organization with the objects Account, Contact, Opportunity, Lead and any custom one. */
export interface Salesforce extends Provider<SalesforceLedger> {
  /** The next so many writes of the record (its id, or an external id) find it locked by another transaction. Default 1. */
  lock(record: string, times?: number): void
}

const DAY_MS = 86_400_000
const WIDE = 1_000_000_000

/** The wire shapes of Salesforce's REST API: sobjects, query, composite and collections. */
export function salesforce(options: SalesforceOptions = {}): Salesforce {
  const { tokens, dailyLimit = WIDE, pageSize = 2_000 } = options
  const nextId = idSource()
  let day = { from: Number.NEGATIVE_INFINITY, used: 0 }
  let org = empty()
  let cursors: Cursors = { pageSize, open: new Map() }

  function empty(): Org {
    return { schema: options, nextId, records: new Records(), effects: [], locks: new Map(), repeats: 0 }
  }

  /** Counts one request of a day that begins with its first. */
  function usage(nowMs: number): { readonly over: boolean; readonly headers: Readonly<Record<string, string>> } {
    if (nowMs - day.from >= DAY_MS) day = { from: nowMs, used: 0 }
    const over = day.used >= dailyLimit
    if (!over) day.used += 1
    return { over, headers: { 'sforce-limit-info': `api-usage=${day.used}/${dailyLimit}` } }
  }

  function handle(request: ProviderRequest, context: Call['context']): ProviderAnswer {
    const token = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1]
    if (token === undefined || tokens?.includes(token) === false) return refused(EXPIRED)
    const { over, headers } = usage(context.nowMs)
    const answer = over ? refused(LIMITED) : answered(request, context)
    return { ...answer, headers: { ...answer.headers, ...headers } }
  }

  function answered(request: ProviderRequest, context: Call['context']): ProviderAnswer {
    const root = /^\/services\/data\/v\d+\.\d/.exec(request.path)?.[0]
    if (root === undefined) return refused(missing())
    const body = bodyOf(request)
    if (body instanceof Refusal) return refused(body)
    const query = new URLSearchParams(request.query)
    const call: Call = { org, context, query, headers: request.headers, body, root }
    return answerCall(call, cursors, request.method, request.path)
  }

  return {
    name: 'salesforce',
    handle,
    refuse: (fault, _context, retryAfterS) => refuse(fault, retryAfterS),
    ledger: () => ({ effects: org.effects, repeats: org.repeats }),
    state: () => [...org.records.values()],
    reset: () => {
      org = empty()
      cursors = { pageSize, open: new Map() }
    },
    lock: (record, times = 1) => {
      org.locks.set(record, times)
    },
  }
}

const EXPIRED = new Refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
const LIMITED = new Refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')

/** Salesforce sends no Retry-After; the sandbox does, so that a demonstration need not wait for as long as a day. */
function refuse(fault: AnsweredFault, retryAfterS: number): ProviderAnswer {
  switch (fault) {
    case 'rate-limited':
      return refused(LIMITED, { 'retry-after': String(retryAfterS) })
    case 'server-error':
      return refused(new Refusal(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred.'))
    case 'expired-token':
      return refused(EXPIRED)
  }
}

function refused(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): ProviderAnswer {
  return jsonAnswer(refusal.status, refusal.body(), headers)
}

function bodyOf(request: ProviderRequest): unknown {
  if (request.body.byteLength === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
  } catch {
    return malformed('The body is not JSON')
  }
}
