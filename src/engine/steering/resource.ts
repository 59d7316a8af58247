import { TielineError } from '../../core/error.ts'
import type { Flow } from '../../declare/flow/flow.ts'
import type { Operation } from '../../declare/target/operation.ts'

/** What an operator's hand and a gate lie on. Written `connector:hubspot`, `operation:hubspot.deals.upsert`, `key:cus_1`. */
export const RESOURCE_KINDS = ['flow', 'connector', 'operation', 'tenant', 'key'] as const
export type ResourceKind = (typeof RESOURCE_KINDS)[number]

export interface Resource {
  readonly kind: ResourceKind
  readonly name: string
}

/** @throws {TielineError} REQUEST_INVALID */
export function resourceOf(text: string): Resource {
  const at = text.indexOf(':')
  const kind = RESOURCE_KINDS.find((one) => one === text.slice(0, at))
  const name = text.slice(at + 1)
  if (kind !== undefined && name !== '') return { kind, name }
  throw new TielineError(
    'REQUEST_INVALID',
    `target ${JSON.stringify(text)}: use ${RESOURCE_KINDS.map((one) => `${one}:NAME`).join(', ')}`,
  )
}

export function operationName({ spec }: Operation<never, unknown>): string {
  return `${spec.connector.name}.${spec.name}`
}

/** The operations that a flow declares: its target's, or those of the `calls` that its saga's steps name. */
export function operationsOf({ to }: Flow): readonly Operation<never, unknown>[] {
  return to.kind === 'target' ? [to.call] : to.steps.flatMap((step) => step.calls ?? [])
}

/** All names that a hand on this flow may use, tenants and keys left out: those are known only by their messages. */
export function resourcesOf(flow: Flow): ReadonlySet<string> {
  return new Set([
    `flow:${flow.name}`,
    ...operationsOf(flow).flatMap((operation) => [
      `connector:${operation.spec.connector.name}`,
      `operation:${operationName(operation)}`,
    ]),
  ])
}
