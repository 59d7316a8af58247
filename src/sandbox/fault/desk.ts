import type { Random } from '../../port/random.ts'
import { type AnswerFault, decide, decideWebhook, type Fault, type FaultSubject, type WebhookFault } from './decide.ts'
import type { FaultKind, FaultPlan, FaultRule } from './rule.ts'

/** Keeps a fault plan up to date: counts rules on demand down, keeps a token expired for its while, counts what struck. */
export interface FaultDesk {
  plan(): FaultPlan
  replace(plan: FaultPlan): void
  add(rule: FaultRule): void
  answer(subject: FaultSubject, nowMs: number): AnswerFault | undefined
  webhook(type: string): WebhookFault | undefined
  /** How often each kind struck. */
  struck(): Readonly<Partial<Record<FaultKind, number>>>
}

export function faultDesk(initial: FaultPlan, random: Random): FaultDesk {
  let plan = initial
  let expired: { readonly fault: AnswerFault; readonly untilMs: number } | undefined
  const counts: Partial<Record<FaultKind, number>> = {}

  function note<F extends Fault>(fault: F | undefined): F | undefined {
    if (!fault) return undefined
    counts[fault.kind] = (counts[fault.kind] ?? 0) + 1
    const { next } = fault.rule
    if (next !== undefined) {
      const less = { ...fault.rule, next: next - 1 }
      plan = plan.flatMap((rule) => (rule === fault.rule ? (less.next > 0 ? [less] : []) : [rule]))
    }
    return fault
  }

  return {
    plan: () => plan,
    replace: (next) => {
      plan = next
      expired = undefined
    },
    add: (rule) => {
      plan = [...plan, rule]
    },
    answer: (subject, nowMs) => {
      if (expired && nowMs < expired.untilMs) {
        counts['expired-token'] = (counts['expired-token'] ?? 0) + 1
        return expired.fault
      }
      const fault = note(decide(subject, plan, random))
      expired = fault?.kind === 'expired-token' ? { fault, untilMs: nowMs + fault.forMs } : undefined
      return fault
    },
    webhook: (type) => note(decideWebhook(type, plan, random)),
    struck: () => ({ ...counts }),
  }
}
