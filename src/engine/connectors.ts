import type { Flow } from '../declare/flow/flow.ts'

/** Names of the connectors that a flow declares: its target's, or those of the `calls` that its saga's steps name. */
export function connectorsOf({ to }: Flow): readonly string[] {
  if (to.kind === 'target') return [to.call.spec.connector.name]
  return [...new Set(to.steps.flatMap((step) => (step.calls ?? []).map((call) => call.spec.connector.name)))]
}
