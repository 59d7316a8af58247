import type { Policy } from '../../declare/policy/policy.ts'
import { callsOf } from './call.ts'
import type { Rule } from './finding.ts'

/**
 * Every call has a declared end. Without one it may take the whole time of an attempt, and a provider that hangs holds every slot of
 * the flow. An operation that a saga step calls without naming it in `calls` is not seen.
 */
export const callTimeout: Rule = ({ flows }) =>
  callsOf(flows).flatMap(({ flow, operation, policy, where }) => {
    const { connector, name } = operation
    if (endsInTime(policy ?? connector.policy)) return []
    const whose =
      policy === undefined ? `the policy of ${connector.name}` : "its policy, which replaces the connector's,"
    return [
      {
        rule: 'call-timeout',
        severity: 'error',
        where,
        message: `${whose} has no timeout for ${name}; only the deadline of the flow (${flow.deadlineMs} ms) ends the call`,
        advice: "Add a timeout as the innermost layer: policy(…, timeout('10s')).",
      },
    ]
  })

const endsInTime = (policy: Policy): boolean => policy.layers.some((layer) => layer.kind === 'timeout')
