import { callsOf } from './call.ts'
import type { Rule } from './finding.ts'

/**
 * A second call beside the first is for operations that only read: any other fails at its first call. An operation that a saga step calls
 * without naming it in `calls` is not seen.
 */
export const hedgedRead: Rule = ({ flows }) =>
  callsOf(flows).flatMap(({ operation, policy, where }) => {
    const { connector, idempotency, name } = operation
    const hedged = (policy ?? connector.policy).layers.some(({ kind }) => kind === 'hedge')
    if (!hedged || idempotency.by === 'read') return []
    const whose = policy === undefined ? `the policy of ${connector.name}` : 'its policy'
    return [
      {
        rule: 'hedged-read',
        severity: 'error',
        where,
        message: `${whose} hedges ${connector.name} ${name}, which does more than read (idempotency by '${idempotency.by}'): its first call fails`,
        advice: 'Give the target or the step a policy without hedge.',
      },
    ]
  })
