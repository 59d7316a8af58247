import { checkName } from '../../core/name.ts'
import type { Contract } from '../contract/contract.ts'
import type { Policy } from '../policy/policy.ts'
import type { Operation } from './operation.ts'

/** The envelope of the message that a call is made for. */
export interface MessageFacts {
  readonly source: string
  readonly id: string
  readonly type: string
  /** Ordering key. */
  readonly key: string
  readonly attributes: Readonly<Record<string, string>>
  readonly acceptedAt: Date
}

export interface TargetSpec<M, I, O> {
  /** The contract of what it takes; gives `with` its types, and the checks something to hold it against. */
  readonly input?: Contract<M>
  /** The one operation that this target calls. */
  readonly call: Operation<I, O>
  /** Its input, from the canonical message. Pure. */
  readonly with: (value: M, message: MessageFacts) => I
  /** Around the call, in place of the connector's policy. */
  readonly policy?: Policy
}

/** Where a flow ends with a single call. */
export interface Target<in M> {
  readonly kind: 'target'
  readonly name: string
  readonly input: Contract<unknown> | undefined
  readonly call: Operation<unknown, unknown>
  readonly with: (value: M, message: MessageFacts) => unknown
  readonly policy: Policy | undefined
}

/** Declares one call as the end of a flow: `target('deal', { input: Payment, call: crm.deals.upsert, with: (payment) => ({ … }) })`. */
export function target<M, I, O>(name: string, spec: TargetSpec<M, I, O>): Target<M> {
  return Object.freeze({
    kind: 'target',
    name: checkName('target', name),
    input: spec.input as Contract<unknown> | undefined,
    call: spec.call as Operation<unknown, unknown>,
    with: spec.with,
    policy: spec.policy,
  })
}
