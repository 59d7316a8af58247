import type { Refusal } from '../../engine/pressure/admittance.ts'
import { type Problem, problem } from './problem.ts'

const DETAIL: Readonly<Record<Refusal['reason'], string>> = Object.freeze({
  source: 'over the rate of this source',
  tenant: 'over the rate of a tenant of this source',
  class: 'more arrives than can be taken; what is least urgent is not taken now',
  share: 'more arrives than can be taken, and this sender sends the most',
  memory: 'too much is on its way; nothing was taken',
})

/** 429 where the sender sends too much, 503 where it is not about the sender. */
export function problemOfRefusal({ code, reason, retryAfterMs }: Refusal): Problem {
  const more = { reason, retryAfterMs }
  return problem(code, DETAIL[reason], reason === 'share' ? { ...more, status: 429 } : more)
}
