import { systemClock } from '../../adapter/clock/system.ts'
import { httpClient } from '../../adapter/http/index.ts'
import { signStripe } from '../../adapter/signature/index.ts'
import { TielineError } from '../../core/error.ts'
import { faultDesk } from '../fault/desk.ts'
import { type DeliveryRecord, type Emitter, emitter } from '../payments/emitter.ts'
import { type PaymentsLedger, type PaymentsOptions, payments } from '../payments/payments.ts'
import { type RetrySchedule, STRIPE_SCHEDULE } from '../payments/schedule.ts'
import { seededRandom } from '../seeded-random.ts'
import { type ProviderServer, SERVE_DEFAULTS, type ServeOptions, serveProvider } from './serve-provider.ts'
import { type WebhookEndpoint, webhookSender } from './webhook-sender.ts'

export interface PaymentsServerOptions extends ServeOptions, PaymentsOptions {
  /** Where webhooks go. None: events that happen before one is set are not sent. */
  readonly endpoint?: WebhookEndpoint
  /** Event types to send; `*` at the end stands for any. Default `payment_intent.succeeded` and `charge.refunded`. */
  readonly events?: readonly string[]
  /** Default: Stripe's, real time. */
  readonly schedule?: RetrySchedule
  /** Webhooks under way at the same time. Default 16. */
  readonly concurrency?: number
}

export interface PaymentsServer extends ProviderServer {
  ledger(): PaymentsLedger
  deliveries(): readonly DeliveryRecord[]
  /** Webhooks neither acknowledged nor given up. */
  pending(): number
  setEndpoint(endpoint: WebhookEndpoint): void
}

const EVENTS = Object.freeze(['payment_intent.succeeded', 'charge.refunded'])

/**
 * The payments provider as a server.
 * @throws {TielineError} CONFIG_INVALID for an address that cannot be used, REQUEST_INVALID for a wrong endpoint.
 *
 * Beside the common controls:
 *
 * | request | does |
 * | --- | --- |
 * | `GET /_sandbox/webhooks` | `{pending, deliveries}`: what became of each event on its way out |
 * | `POST /_sandbox/webhooks` | `{url, secrets}`: where webhooks go from now on, also those that wait |
 */
export async function servePayments(options: PaymentsServerOptions = {}): Promise<PaymentsServer> {
  const clock = options.clock ?? systemClock
  const model = payments(options)
  const seed = options.seed ?? SERVE_DEFAULTS.seed
  const faults = faultDesk(options.faults ?? [], seededRandom(seed + 1))
  const schedule = options.schedule ?? STRIPE_SCHEDULE
  const events = options.events ?? EVENTS
  const newEmitter = (): Emitter => emitter({ schedule, events, fault: faults.webhook })
  let out = newEmitter()
  let endpoint = options.endpoint && parseEndpoint(options.endpoint)
  const concurrency = options.concurrency ?? 16
  const http = httpClient({ connections: concurrency })
  const sender = webhookSender({
    emitter: () => out,
    endpoint: () => endpoint,
    clock,
    http,
    sign: (secrets, nowMs, body) => ({ 'stripe-signature': signStripe(secrets, nowMs / 1_000, body) }),
    timeoutMs: schedule.timeoutMs,
    concurrency,
  })

  function setEndpoint(next: WebhookEndpoint): void {
    endpoint = next
    sender.wake()
  }

  function handled(): void {
    const taken = model.takeEvents()
    if (taken.length === 0 || !endpoint) return
    for (const event of taken) out.push(event, clock.now())
    sender.wake()
  }

  const controls = {
    'GET /_sandbox/ledger': () => ({ ...model.ledger(), deliveries: out.records() }),
    'GET /_sandbox/webhooks': () => ({ pending: out.pending(), deliveries: out.records() }),
    'POST /_sandbox/webhooks': (body: unknown) => {
      setEndpoint(parseEndpoint(body))
      return { url: endpoint?.url }
    },
    'POST /_sandbox/reset': () => {
      model.reset()
      out = newEmitter()
      return {}
    },
  }
  const server = await serveProvider(model, options, { faults, controls, handled })

  async function close(): Promise<void> {
    await server.close()
    await sender.close()
    await http[Symbol.asyncDispose]()
  }

  return {
    ...server,
    ledger: () => model.ledger(),
    deliveries: () => out.records(),
    pending: () => out.pending(),
    setEndpoint,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** @throws {TielineError} REQUEST_INVALID that names the field. */
function parseEndpoint(body: unknown): WebhookEndpoint {
  const { url, secrets } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  if (typeof url !== 'string' || !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new TielineError('REQUEST_INVALID', 'url: expected an http or https address')
  }
  const good = Array.isArray(secrets) && secrets.length > 0 && secrets.length <= 2
  if (!good || !secrets.every((secret): secret is string => typeof secret === 'string' && secret !== '')) {
    throw new TielineError('REQUEST_INVALID', 'secrets: expected an array of one or two texts')
  }
  return { url, secrets }
}
