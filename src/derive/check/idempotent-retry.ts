import { callsOf } from './call.ts'
import type { Rule } from './finding.ts'

/**
 * A call that is tried again must be safe to repeat. Operations say by what; one that says `none` may be called only once.
 * An operation that a saga step calls without naming it in `calls` is not seen.
 */
export const idempotentRetry: Rule = ({ flows }) =>
  callsOf(flows).flatMap(({ flow, operation, policy, where }) => {
    const { connector, idempotency, name } = operation
    const layers = (policy ?? connector.policy).layers
    const inProcess = layers.some((layer) => layer.kind === 'retry' && layer.attempts > 1)
    if (idempotency.by !== 'none' || (flow.retry.attempts === 1 && !inProcess)) return []
    const tries = inProcess ? 'its policy tries again' : `the flow tries up to ${flow.retry.attempts} times`
    return [
      {
        rule: 'idempotent-retry',
        severity: 'error',
        where,
        message: `${connector.name} ${name} is not safe to repeat (${idempotency.why}), and ${tries}`,
        advice:
          'Use an operation that is (an upsert, or one whose provider honours an idempotency key), or say retry: { attempts: 1 } and leave the retry out of the policy.',
      },
    ]
  })
