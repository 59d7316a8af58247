import type { Random } from '../../port/random.ts'
import type { WebhookFaultKind } from './rule.ts'
import { ANSWER_FAULTS, type AnswerFaultKind, type FaultKind, type FaultPlan, type FaultRule } from './rule.ts'

export interface Fault<Kind extends FaultKind = FaultKind> {
  readonly kind: Kind
  readonly retryAfterS: number
  readonly holdMs: number
  readonly forMs: number
  /** The rule that struck. */
  readonly rule: FaultRule
}

export type AnswerFault = Fault<AnswerFaultKind>
export type WebhookFault = Fault<WebhookFaultKind>

/** What a fault is decided about. */
export interface FaultSubject {
  readonly method: string
  readonly path: string
}

const DEFAULTS = Object.freeze({ retryAfterS: 1, holdMs: 2_000, forMs: 2_000 })

/**
 * Whether a fault strikes this request, and which. The first rule on demand that matches wins; else one number is drawn for all rules by
 * chance, so that a request draws as often whatever the plan says.
 */
export function decide(subject: FaultSubject, plan: FaultPlan, random: Random): AnswerFault | undefined {
  return struck(plan, random, (rule) => isAnswerFault(rule.kind) && matches(rule, subject)) as AnswerFault | undefined
}

/** The same for an event that is about to be sent; `path` of a rule is a prefix of its type. */
export function decideWebhook(type: string, plan: FaultPlan, random: Random): WebhookFault | undefined {
  return struck(plan, random, (rule) => !isAnswerFault(rule.kind) && type.startsWith(rule.path ?? '')) as
    | WebhookFault
    | undefined
}

function struck(plan: FaultPlan, random: Random, applies: (rule: FaultRule) => boolean): Fault | undefined {
  const chance = random()
  let sum = 0
  let byChance: FaultRule | undefined
  for (const rule of plan) {
    if (!applies(rule)) continue
    if ((rule.next ?? 0) > 0) return faultOf(rule)
    sum += rule.probability ?? 0
    if (byChance === undefined && chance < sum) byChance = rule
  }
  return byChance && faultOf(byChance)
}

const isAnswerFault = (kind: FaultKind): boolean => (ANSWER_FAULTS as readonly string[]).includes(kind)

const matches = (rule: FaultRule, { method, path }: FaultSubject): boolean =>
  (rule.method === undefined || rule.method === method) && path.startsWith(rule.path ?? '')

const faultOf = (rule: FaultRule): Fault => ({ ...DEFAULTS, ...rule, rule })
