import type { Flow } from '../../declare/flow/flow.ts'
import type { Policy } from '../../declare/policy/policy.ts'
import type { Connector, Operation, OperationSpec } from '../../declare/target/operation.ts'

/** A declared call: the one of a flow's target, or one that a saga step names in `calls`. What a step calls unnamed, no rule sees. */
export interface Call {
  readonly flow: Flow
  readonly operation: Pick<OperationSpec<never, unknown>, 'connector' | 'name' | 'idempotency'>
  /** Of the target or the step, in place of the connector's. */
  readonly policy: Policy | undefined
  /** `flow payments / target deal`, `flow payments / saga record / step deal` */
  readonly where: string
}

export function callsOf(flows: readonly Flow[]): readonly Call[] {
  return flows.flatMap((flow): readonly Call[] => {
    const { to } = flow
    const call = (operation: Operation<never, unknown>, policy: Policy | undefined, where: string): Call => ({
      flow,
      operation: operation.spec,
      policy,
      where: `flow ${flow.name} / ${where}`,
    })
    if (to.kind === 'target') return [call(to.call as Operation<never, unknown>, to.policy, `target ${to.name}`)]
    return to.steps.flatMap(({ name, policy, calls = [] }) =>
      calls.map((operation) => call(operation, policy, `saga ${to.name} / step ${name}`)),
    )
  })
}

/** Connectors of the declared calls, each once. */
export function connectorsOf(flows: readonly Flow[]): readonly Connector[] {
  return [...new Set(callsOf(flows).map(({ operation }) => operation.connector))]
}
