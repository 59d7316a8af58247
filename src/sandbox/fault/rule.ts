import { TielineError } from '../../core/error.ts'

/** Faults of an answer, performed by the server around a model. */
export const ANSWER_FAULTS = [
  /** 429 with Retry-After; no effect. */
  'rate-limited',
  /** 500; no effect. */
  'error-before-effect',
  /** The effect happens, then 500. */
  'error-after-effect',
  /** The effect happens; no answer ever comes, and the connection is cut after `holdMs`. */
  'timeout-after-effect',
  /** The effect happens; the answer comes after `holdMs`. */
  'late-answer',
  /** The effect happens; the body trickles in over `holdMs`. */
  'slow-body',
  /** The connection is cut; no effect. */
  'cut-before-effect',
  /** The effect happens, then the connection is cut. */
  'cut-after-effect',
  /** 401 for this request and for all others during `forMs`; no effect. */
  'expired-token',
] as const

/** Faults of a webhook on its way out. */
export const WEBHOOK_FAULTS = [
  /** Sent once more after `holdMs`, although it was acknowledged. */
  'duplicate-webhook',
  /** Held back until the next event about the same payment was delivered, at most `holdMs`. */
  'reordered-webhook',
  /** First sent after `holdMs`. */
  'late-webhook',
] as const

export type AnswerFaultKind = (typeof ANSWER_FAULTS)[number]
export type WebhookFaultKind = (typeof WEBHOOK_FAULTS)[number]
export type FaultKind = AnswerFaultKind | WebhookFaultKind

/** One line of a fault plan: by chance, or on demand for the next requests that match. */
export interface FaultRule {
  readonly kind: FaultKind
  /** Share of matching requests or events, 0 to 1. Probabilities of rules that match the same request add up to at most 1. */
  readonly probability?: number
  /** The next so many matching requests or events, before any chance is considered. */
  readonly next?: number
  /** Only this HTTP method; of no meaning for webhooks. */
  readonly method?: string
  /** Only paths that start with this; for webhooks, only event types that do. */
  readonly path?: string
  /** Of `rate-limited`: whole seconds. Default 1. */
  readonly retryAfterS?: number
  /** Default 2 000. */
  readonly holdMs?: number
  /** Of `expired-token`. Default 2 000. */
  readonly forMs?: number
}

export type FaultPlan = readonly FaultRule[]

const KINDS: readonly string[] = [...ANSWER_FAULTS, ...WEBHOOK_FAULTS]
const NUMBERS = Object.freeze({ probability: 1, next: 1e9, retryAfterS: 86_400, holdMs: 3_600_000, forMs: 3_600_000 })
const TEXTS: readonly string[] = ['kind', 'method', 'path']
const MAX_RULES = 100

/**
 * Checks a fault plan that came from outside.
 * @throws {TielineError} REQUEST_INVALID that names the rule, the field and what is expected.
 */
export function parseFaultPlan(value: unknown): FaultPlan {
  if (!Array.isArray(value) || value.length > MAX_RULES) {
    throw new TielineError('REQUEST_INVALID', `fault plan: expected an array of at most ${MAX_RULES} rules`)
  }
  return Object.freeze(value.map((rule: unknown, index) => parseFaultRule(rule, `rule ${index}`)))
}

export function parseFaultRule(value: unknown, place: string): FaultRule {
  const wrong = (text: string): TielineError => new TielineError('REQUEST_INVALID', `${place}: ${text}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('expected an object')
  for (const [name, given] of Object.entries(value)) {
    const limit = Object.hasOwn(NUMBERS, name) ? NUMBERS[name as keyof typeof NUMBERS] : undefined
    if (limit !== undefined) {
      const whole = name === 'probability' || Number.isInteger(given)
      if (typeof given !== 'number' || !whole || !(given >= 0 && given <= limit)) {
        throw wrong(`${name}: expected a ${name === 'probability' ? '' : 'whole '}number from 0 to ${limit}`)
      }
    } else if (!TEXTS.includes(name)) throw wrong(`${JSON.stringify(name)} is not known`)
    else if (typeof given !== 'string') throw wrong(`${name}: expected text`)
  }
  const rule = value as FaultRule
  if (!KINDS.includes(rule.kind)) throw wrong(`kind: expected one of ${KINDS.join(', ')}`)
  if ((rule.probability === undefined) === (rule.next === undefined)) {
    throw wrong('expected either probability (by chance) or next (on demand)')
  }
  return Object.freeze({ ...rule })
}
