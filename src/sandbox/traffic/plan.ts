import { TielineError } from '../../core/error.ts'
import type { Random } from '../../port/random.ts'

/** What to send, and how fast. */
export interface TrafficPlan {
  /** Default 200. */
  readonly signups: number
  /** Default 2 000. */
  readonly payments: number
  /** Share of payments that are refunded later, 0 to 1. Default 0.1. */
  readonly refundShare: number
  /** Customers that the payments spread over; each pays several times. Default a tenth of the payments. */
  readonly customers: number
  /** Things begun in a second; unlimited without. */
  readonly perSecond?: number
  /** Things under way at the same time. Default 16. */
  readonly concurrency: number
  /** Decides who pays what, and in which order. Default 1. */
  readonly seed: number
  /** Part of every id; another run against the same systems takes another one. Default `run1`. */
  readonly run: string
}

const TRAFFIC_DEFAULTS: Omit<TrafficPlan, 'customers'> = Object.freeze({
  signups: 200,
  payments: 2_000,
  refundShare: 0.1,
  concurrency: 16,
  seed: 1,
  run: 'run1',
})

const LIMITS = Object.freeze({
  signups: 1_000_000,
  payments: 1_000_000,
  refundShare: 1,
  customers: 1_000_000,
  perSecond: 1_000_000,
  concurrency: 1_024,
  seed: Number.MAX_SAFE_INTEGER,
})

/**
 * The plan with its defaults.
 * @throws {TielineError} REQUEST_INVALID that names the field and what is expected.
 */
export function trafficPlan(given: Partial<TrafficPlan>): TrafficPlan {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const wrong = (expected: string): TielineError =>
      new TielineError('REQUEST_INVALID', `traffic: ${name}: expected ${expected}`)
    if (name === 'run') {
      if (typeof value !== 'string' || !/^[a-z0-9]{1,32}$/.test(value)) throw wrong('1 to 32 of a-z and 0-9')
    } else if (!Object.hasOwn(LIMITS, name)) throw wrong(`one of ${Object.keys(LIMITS).join(', ')}, run`)
    else {
      const limit = LIMITS[name as keyof typeof LIMITS]
      const least = ['concurrency', 'customers', 'perSecond'].includes(name) ? 1 : 0
      if (typeof value !== 'number' || !(value >= least && value <= limit))
        throw wrong(`a number, ${least} to ${limit}`)
      if (name !== 'refundShare' && name !== 'perSecond' && !Number.isInteger(value)) throw wrong('a whole number')
    }
  }
  const plan = { ...TRAFFIC_DEFAULTS, ...given }
  return Object.freeze({ ...plan, customers: given.customers ?? Math.max(1, Math.ceil(plan.payments / 10)) })
}

export type Step =
  | { readonly does: 'sign up'; readonly number: number }
  | {
      readonly does: 'pay'
      readonly number: number
      readonly customer: number
      readonly amount: number
      readonly currency: string
      /** A refund step for it comes later. */
      readonly refunded: boolean
    }
  | { readonly does: 'refund'; readonly number: number }

const CURRENCIES = ['eur', 'usd', 'gbp', 'jpy'] as const

/** The steps in the order in which they begin; the same plan and numbers give the same steps. */
export function stepsOf(plan: TrafficPlan, random: Random): readonly Step[] {
  const places: { readonly at: number; readonly step: Step }[] = []
  const below = (limit: number): number => Math.floor(random() * limit)
  for (let number = 1; number <= plan.signups; number++)
    places.push({ at: random(), step: { does: 'sign up', number } })
  for (let number = 1; number <= plan.payments; number++) {
    const at = random()
    const refunded = random() < plan.refundShare
    const amount = 100 + below(99_900)
    const currency = CURRENCIES[below(CURRENCIES.length)] ?? 'eur'
    places.push({ at, step: { does: 'pay', number, customer: below(plan.customers), amount, currency, refunded } })
    if (refunded) places.push({ at: at + (1 - at) * random() * 0.2, step: { does: 'refund', number } })
  }
  return places.sort((a, b) => a.at - b.at).map(({ step }) => step)
}
