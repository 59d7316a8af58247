import { TielineError } from '../../../src/core/error.ts'
import { ANSWER_FAULTS, parseFaultPlan, WEBHOOK_FAULTS } from '../../../src/sandbox/fault/rule.ts'
import { mutateJson } from '../mutate/json.ts'
import { type AnyTarget, target } from '../target.ts'

const PLAN = [
  { kind: 'rate-limited', probability: 0.1, retryAfterS: 1, method: 'POST', path: '/v1/' },
  { kind: 'late-webhook', next: 3, holdMs: 2_000 },
  { kind: 'expired-token', probability: 1, forMs: 0 },
]
const KINDS: readonly string[] = [...ANSWER_FAULTS, ...WEBHOOK_FAULTS]
const NAMES = ['kind', 'probability', 'next', 'method', 'path', 'retryAfterS', 'holdMs', 'forMs']

export const faultPlan: AnyTarget = target<{ readonly plan: unknown }, 'refuses' | 'known'>({
  name: 'sandbox-faults',
  about: 'a fault plan from a file or a request',
  laws: {
    refuses: 'what is no plan is REQUEST_INVALID, naming the rule',
    known: 'a plan holds known kinds, known fields, numbers from 0 on, and says either how often or how many',
  },
  make: (chance) => ({ plan: chance.once(8) ? PLAN : mutateJson(chance, PLAN) }),
  check({ plan }, broken) {
    try {
      for (const rule of parseFaultPlan(plan)) {
        const numbers = [rule.probability, rule.next, rule.retryAfterS, rule.holdMs, rule.forMs].filter(
          (value) => value !== undefined,
        )
        if (!KINDS.includes(rule.kind) || !Object.keys(rule).every((name) => NAMES.includes(name)))
          broken('known', JSON.stringify(rule))
        if (!numbers.every((value) => typeof value === 'number' && value >= 0 && value <= 1e9))
          broken('known', JSON.stringify(rule))
        if ((rule.probability === undefined) === (rule.next === undefined)) broken('known', JSON.stringify(rule))
      }
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'REQUEST_INVALID') throw thrown
      if (!/^(?:fault plan|rule \d+): /.test(thrown.message)) broken('refuses', thrown.message)
    }
  },
})
