import type { Flow } from '../../declare/flow/flow.ts'
import type { Rule } from './finding.ts'

/** A flow that says `batch` calls an operation that takes many inputs in one request; else it sends each message by itself. */
export const batchOperation: Rule = ({ flows }) =>
  flows.flatMap((flow) => {
    const single = flow.batch === undefined ? undefined : singleCall(flow)
    if (single === undefined) return []
    return [
      {
        rule: 'batch-operation',
        severity: 'warning',
        where: `flow ${flow.name} / ${flow.to.kind} ${flow.to.name}`,
        message: `the flow says batch, and ${single}: each message goes by itself`,
        advice: 'Call an operation with batch halves from a target, or leave batch out of the flow.',
      },
    ]
  })

/** Why its messages share no request; undefined where they do. */
function singleCall({ to }: Flow): string | undefined {
  if (to.kind === 'saga') return 'a saga calls step by step'
  const { connector, name, batch } = to.call.spec
  return batch === undefined ? `${connector.name} ${name} takes one input at a time` : undefined
}
