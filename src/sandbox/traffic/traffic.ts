import { systemClock } from '../../adapter/clock/system.ts'
import { type HttpClient, httpClient } from '../../adapter/http/index.ts'
import type { Clock } from '../../port/clock.ts'
import type { Sent, SentPayment, SentSignup } from '../judge/sent.ts'
import { seededRandom } from '../seeded-random.ts'
import { type Caller, caller } from './caller.ts'
import { type Step, stepsOf, type TrafficPlan, trafficPlan } from './plan.ts'

export interface TrafficOptions extends Partial<TrafficPlan> {
  /** Where the app publishes its CloudEvents: `http://127.0.0.1:4400/events`. */
  readonly eventsUrl: string
  /** Added to each CloudEvent, such as `authorization`. */
  readonly eventHeaders?: Readonly<Record<string, string>>
  /** `http://127.0.0.1:41234` */
  readonly paymentsUrl: string
  /** Default `sk_test_sandbox`. */
  readonly paymentsKey?: string
  /** Default: the machine's. */
  readonly clock?: Clock
}

export interface TrafficProgress {
  readonly signups: number
  readonly payments: number
  readonly refunds: number
  /** Calls made again because the other side failed, was away or asked for patience. */
  readonly repeats: number
  /** Answers that are final and not good, and what else went wrong; at most 20 are kept. */
  readonly refused: readonly string[]
  readonly finished: boolean
}

export interface Traffic {
  /** Ends when everything was sent, or after `stop`. It never rejects. */
  readonly done: Promise<Sent>
  /** What has happened so far. */
  sent(): Sent
  progress(): TrafficProgress
  stop(): void
}

const REFUSED_KEPT = 20

/**
 * The world that a demonstration needs: people sign up in the app, customers pay at the payments provider, some are refunded. Every
 * call is made until it succeeds, with the same event id or idempotency key, so each thing happens once.
 */
export function traffic(options: TrafficOptions): Traffic {
  const {
    eventsUrl,
    eventHeaders = {},
    paymentsUrl,
    paymentsKey = 'sk_test_sandbox',
    clock = systemClock,
    ...given
  } = options
  const plan = trafficPlan(given)
  const random = seededRandom(plan.seed)
  const stopping = new AbortController()
  const signups: SentSignup[] = []
  const payments = new Map<number, SentPayment>()
  const refused: string[] = []
  const counts = { refunds: 0, repeats: 0, finished: false }

  function note(what: string): undefined {
    if (refused.length < REFUSED_KEPT) refused.push(what)
  }

  const refuse = (what: string, status: number, body: Uint8Array): undefined =>
    note(`${what}: ${status} ${Buffer.from(body).toString().slice(0, 200)}`)

  async function signUp(call: Caller, number: number): Promise<void> {
    const id = `signup-${plan.run}-${number}`
    const email = `${plan.run}.${number}@customers.example`
    const headers = {
      'content-type': 'application/json',
      'ce-id': `evt-${id}`,
      'ce-source': 'https://app.example/signups',
      'ce-specversion': '1.0',
      'ce-subject': id,
      'ce-time': new Date(clock.now()).toISOString(),
      'ce-type': 'customer.signed-up',
      ...eventHeaders,
    }
    const body = JSON.stringify({ id, email, name: `Customer ${number}`, plan: number % 3 === 0 ? 'team' : 'solo' })
    const answer = await call({ url: eventsUrl, headers, body })
    if (!answer) return
    if (answer.status < 300) signups.push({ id, email })
    else refuse(`signup ${id}`, answer.status, answer.body)
  }

  /** The id of the object made; undefined when it was refused or the traffic was stopped. */
  async function make(
    call: Caller,
    path: string,
    key: string,
    fields: Record<string, string>,
  ): Promise<string | undefined> {
    const headers = {
      authorization: `Bearer ${paymentsKey}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': `${plan.run}-${key}`,
    }
    const answer = await call({ url: paymentsUrl + path, headers, body: new URLSearchParams(fields).toString() })
    if (answer?.status !== 200) return answer && refuse(key, answer.status, answer.body)
    return (JSON.parse(Buffer.from(answer.body).toString()) as { readonly id: string }).id
  }

  async function pay(call: Caller, step: Step & { does: 'pay' }, customer: Promise<string | undefined>): Promise<void> {
    const { number, amount, currency } = step
    const who = await customer
    if (who === undefined) return
    const id = await make(call, '/v1/payment_intents', `payment-${number}`, {
      amount: String(amount),
      confirm: 'true',
      currency,
      customer: who,
      'metadata[order_id]': `order-${plan.run}-${number}`,
      payment_method: 'pm_card_visa',
    })
    if (id !== undefined) payments.set(number, { id, refunded: false })
  }

  async function refund(call: Caller, number: number, paid: Promise<void> | undefined): Promise<void> {
    await paid
    const payment = payments.get(number)
    if (!payment) return
    const refunded = await make(call, '/v1/refunds', `refund-${number}`, { payment_intent: payment.id })
    if (refunded === undefined) return
    payments.set(number, { ...payment, refunded: true })
    counts.refunds += 1
  }

  async function run(http: HttpClient): Promise<Sent> {
    const { signal } = stopping
    const repeated = (): void => {
      counts.repeats += 1
    }
    const call = caller({ http, clock, random: seededRandom(plan.seed + 1), signal, repeated })
    const customers = new Map<number, Promise<string | undefined>>()
    const paid = new Map<number, Promise<void>>()
    const customerOf = (number: number): Promise<string | undefined> => {
      const name = `Payer ${number}`
      const known = customers.get(number) ?? make(call, '/v1/customers', `customer-${number}`, { name })
      customers.set(number, known)
      return known
    }
    const take = (step: Step): Promise<void> => {
      if (step.does === 'sign up') return signUp(call, step.number)
      if (step.does === 'refund') return refund(call, step.number, paid.get(step.number))
      const payment = pay(call, step, customerOf(step.customer))
      if (step.refunded) paid.set(step.number, payment)
      return payment
    }
    const steps = stepsOf(plan, random).entries()
    const startMs = clock.mono()
    const worker = async (): Promise<void> => {
      for (const [index, step] of steps) {
        if (plan.perSecond !== undefined) {
          const waitMs = startMs + (index * 1_000) / plan.perSecond - clock.mono()
          if (waitMs > 0) await clock.sleep(waitMs, signal)
        }
        if (signal.aborted) return
        await take(step).catch((thrown: unknown) => note(`${step.does} ${step.number}: ${String(thrown)}`))
      }
    }
    await Promise.all(Array.from({ length: plan.concurrency }, worker))
    counts.finished = true
    return sent()
  }

  const sent = (): Sent => ({ signups: [...signups], payments: [...payments.values()] })
  const http = httpClient({ connections: plan.concurrency })
  return {
    done: run(http).finally(() => http[Symbol.asyncDispose]()),
    sent,
    progress: () => ({ signups: signups.length, payments: payments.size, refused: [...refused], ...counts }),
    stop: () => stopping.abort(),
  }
}
