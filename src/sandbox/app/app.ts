import type { ProviderContext, ProviderRequest } from '../provider.ts'
import { type AnsweredFault, jsonAnswer, type Provider, type ProviderAnswer } from '../provider.ts'

/** Whether a webhook is genuine: the Standard Webhooks signature over its raw bytes, checked against the time now. */
export type VerifyWebhook = (headers: Readonly<Record<string, string>>, body: Uint8Array, nowMs: number) => boolean

/** One business event that the app took in. */
export interface AppEntry {
  /** From 1, in the order in which they came. */
  readonly seq: number
  readonly atMs: number
  readonly webhookId: string
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface AppLedger {
  readonly entries: readonly AppEntry[]
  /** Deliveries with a `webhook-id` that was there already: repeated and harmless. */
  readonly repeats: number
  /** Deliveries with a signature that is wrong or stale. */
  readonly refused: number
}

export type App = Provider<AppLedger>

export interface AppOptions {
  readonly verify: VerifyWebhook
}

/**
 * The company's own app as a receiver of Standard Webhooks: verifies, drops a `webhook-id` that it has seen, and enters the rest
 * into its ledger. It trusts the sender to give one business event one `webhook-id`; `judge` finds out whether that is so.
 */
export function app(options: AppOptions): App {
  let entries: AppEntry[] = []
  let seen = new Set<string>()
  let repeats = 0
  let refused = 0

  function handle(request: ProviderRequest, context: ProviderContext): ProviderAnswer {
    const path = request.path.replace(/\/$/, '')
    if (request.method !== 'POST' || path !== '/webhooks') return problem(404, `no ${request.method} ${request.path}`)
    const webhookId = request.headers['webhook-id']
    if (webhookId === undefined || !options.verify(request.headers, request.body, context.nowMs)) {
      refused += 1
      return problem(401, 'the Standard Webhooks signature is missing, wrong or stale')
    }
    if (seen.has(webhookId)) {
      repeats += 1
      return NOTHING
    }
    const event = eventOf(request.body)
    if (!event) return problem(400, 'expected a JSON object with `type` and `data`')
    seen.add(webhookId)
    entries.push({ seq: entries.length + 1, atMs: context.nowMs, webhookId, ...event })
    return NOTHING
  }

  return {
    name: 'app',
    handle,
    refuse,
    ledger: () => ({ entries, repeats, refused }),
    state: () => ({ entries: entries.length, repeats, refused }),
    reset: () => {
      entries = []
      seen = new Set()
      repeats = 0
      refused = 0
    },
  }
}

const NOTHING: ProviderAnswer = Object.freeze({ status: 204, headers: Object.freeze({}), body: '' })

const problem = (status: number, detail: string, headers: Readonly<Record<string, string>> = {}): ProviderAnswer =>
  jsonAnswer(status, { status, detail }, { 'content-type': 'application/problem+json', ...headers })

function eventOf(body: Uint8Array): Pick<AppEntry, 'type' | 'data'> | undefined {
  try {
    const { type, data } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Record<string, unknown>
    if (typeof type !== 'string' || typeof data !== 'object' || data === null) return undefined
    return { type, data: data as Record<string, unknown> }
  } catch {
    return undefined
  }
}

function refuse(fault: AnsweredFault, _: ProviderContext, retryAfterS: number): ProviderAnswer {
  switch (fault) {
    case 'rate-limited':
      return problem(429, 'too many deliveries', { 'retry-after': String(retryAfterS) })
    case 'server-error':
      return problem(500, 'the app failed')
    case 'expired-token':
      return problem(401, 'the app does not know this sender at the moment')
  }
}
