import { TielineError } from '../../core/error.ts'
import type { Clock } from '../../port/clock.ts'
import type { Http } from '../../port/http.ts'
import type { Delivery, Emitter } from '../payments/emitter.ts'

/** Where webhooks go, and how they are signed there. */
export interface WebhookEndpoint {
  readonly url: string
  /** Signing secrets: one, or two while they are being rotated. */
  readonly secrets: readonly string[]
}

export interface SenderOptions {
  readonly emitter: () => Emitter
  readonly endpoint: () => WebhookEndpoint | undefined
  readonly clock: Clock
  readonly http: Http
  /** Headers that prove the sender, made anew for each attempt. */
  readonly sign: (secrets: readonly string[], nowMs: number, body: Uint8Array) => Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Deliveries under way at the same time. */
  readonly concurrency: number
}

export interface WebhookSender {
  /** Says that the emitter may have something new. */
  wake(): void
  /** Stops sending; what is under way is cut off. */
  close(): Promise<void>
}

const IDLE_MS = 3_600_000 // nothing waits: only a wake-up matters
const ANSWER_BYTES = 65_536

/** Sends what the emitter says is due, and reports what came of it. */
export function webhookSender(options: SenderOptions): WebhookSender {
  const { clock, http, concurrency } = options
  const closing = new AbortController()
  const underway = new Set<Promise<void>>()
  let pause = new AbortController()
  let woken = false

  function wake(): void {
    woken = true
    pause.abort()
  }

  async function deliver(delivery: Delivery, emitter: Emitter, endpoint: WebhookEndpoint): Promise<void> {
    const body = Buffer.from(delivery.body)
    const status = await attempt(body, endpoint)
    if (!closing.signal.aborted) emitter.report(delivery, status, clock.now())
  }

  async function attempt(body: Uint8Array, endpoint: WebhookEndpoint): Promise<number | undefined> {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      ...options.sign(endpoint.secrets, clock.now(), body),
    }
    const { hostname } = new URL(endpoint.url)
    const request = { method: 'POST', url: endpoint.url, headers, body, maxResponseBytes: ANSWER_BYTES } as const
    try {
      const limits = { timeoutMs: options.timeoutMs, allow: [hostname] }
      return (await http.request({ ...request, ...limits }, closing.signal)).status
    } catch (thrown) {
      if (thrown instanceof TielineError) return undefined
      throw thrown
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      woken = false
      pause = new AbortController()
      const emitter = options.emitter()
      const endpoint = options.endpoint()
      const room = concurrency - underway.size
      if (endpoint && room > 0) {
        for (const delivery of emitter.due(clock.now(), room)) {
          const sent = deliver(delivery, emitter, endpoint).finally(() => {
            underway.delete(sent)
            wake()
          })
          underway.add(sent)
        }
      }
      if (woken) continue
      const full = !endpoint || underway.size >= concurrency
      const nextMs = full ? undefined : emitter.nextAtMs()
      const idleMs = nextMs === undefined ? IDLE_MS : Math.max(1, Math.ceil(nextMs - clock.now()))
      await clock.sleep(idleMs, pause.signal)
    }
  }

  const running = run()
  return {
    wake,
    close: async () => {
      closing.abort()
      wake()
      await running
      await Promise.allSettled(underway)
    },
  }
}
