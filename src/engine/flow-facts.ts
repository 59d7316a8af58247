import type { Flow } from '../declare/flow/flow.ts'
import type { FlowFacts } from './desk.ts'
import { operationsOf } from './steering/resource.ts'

/** A flow as people are shown it. */
export function flowFacts(flow: Flow): FlowFacts {
  const { to } = flow
  return {
    name: flow.name,
    inputs: flow.inputs.map(({ from, map }) => ({
      source: from.endpoint.name,
      type: from.type,
      ...(map === undefined ? {} : { mapping: map.name }),
    })),
    ...(flow.into === undefined ? {} : { contract: `${flow.into.name} v${flow.into.version}` }),
    to: {
      kind: to.kind,
      name: to.name,
      steps: to.kind === 'saga' ? to.steps.map((step) => step.name) : [to.call.spec.name],
      connectors: [...new Set(operationsOf(flow).map((operation) => operation.spec.connector.name))],
    },
    order: flow.order,
    concurrency: flow.concurrency,
    attempts: flow.retry.attempts,
  }
}
