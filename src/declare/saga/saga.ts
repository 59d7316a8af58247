import { type Duration, milliseconds } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { checkName } from '../../core/name.ts'
import type { Contract } from '../contract/contract.ts'
import type { Policy } from '../policy/policy.ts'
import type { CallContext, Operation } from '../target/operation.ts'
import type { MessageFacts } from '../target/target.ts'

type Awaitable<T> = T | Promise<T>

/** What a step sees: the input, the results of the steps before it by their names, and the context for its calls. */
export interface StepContext<I> extends CallContext {
  readonly input: I
  readonly message: MessageFacts
}

type Taken<N extends string> = { readonly __tielineTypeError__: `step '${N}' is already declared` }

export interface StepSpec<I, R extends object, N extends string, O> {
  /** Its calls carry one idempotency key, the same in every attempt and replay. The result is journalled as JSON. */
  readonly do: (context: StepContext<I> & R) => Awaitable<O>
  /**
   * The operations that the step calls, for checks, controls and documents. Once any is named, a call of another one stops the step.
   */
  readonly calls?: readonly Operation<never, unknown>[]
  /** Compensation: makes the effect of `do` undone in the business sense. Runs when a later step stops for good. */
  readonly undo?: (context: StepContext<I> & R & { readonly [K in N]: O }) => Awaitable<unknown>
  /** Why there is no `undo`. */
  readonly irreversible?: string
  /** The step is left out when this is false. Pure. */
  readonly when?: (context: { readonly input: I } & R) => boolean
  readonly policy?: Policy
}

/** A step as the engine runs it. */
export interface Step {
  readonly name: string
  readonly do: (context: never) => Awaitable<unknown>
  readonly calls: readonly Operation<never, unknown>[] | undefined
  readonly undo: ((context: never) => Awaitable<unknown>) | undefined
  readonly irreversible: string | undefined
  readonly when: ((context: never) => boolean) | undefined
  readonly policy: Policy | undefined
}

// biome-ignore lint/complexity/noBannedTypes: `{}` is the empty set of results that each step extends
export interface Saga<in out I, R extends object = {}> {
  readonly kind: 'saga'
  readonly name: string
  readonly input: Contract<I>
  readonly deadlineMs: number | undefined
  readonly steps: readonly Step[]
  /** The same saga with one more step. Steps run in order, each journalled before and after its effect. */
  step<const N extends string, O>(
    name: N extends keyof (R & StepContext<I>) ? Taken<N> & never : N,
    step: StepSpec<I, R, N, O>,
  ): Saga<I, R & { readonly [K in N]: O }>
}

export interface SagaSpec<I> {
  readonly input: Contract<I>
  /** From acceptance; after it no further step is begun and the steps done are undone. */
  readonly deadline?: Duration
}

const RESERVED = new Set(['input', 'message', 'idempotencyKey', 'signal', 'attempt'])

/** Declares a sequence of effects with their compensations. Never replayed code: a short journal of steps. */
export function saga<I>(name: string, spec: SagaSpec<I>): Saga<I> {
  return withSteps<I>(checkName('saga', name), spec, [])
}

// biome-ignore lint/complexity/noBannedTypes: as above
function withSteps<I, R extends object = {}>(name: string, spec: SagaSpec<I>, steps: readonly Step[]): Saga<I, R> {
  return Object.freeze({
    kind: 'saga',
    name,
    input: spec.input,
    deadlineMs: spec.deadline === undefined ? undefined : milliseconds(spec.deadline),
    steps: Object.freeze(steps),
    step: (stepName: string, step: StepSpec<I, R, string, unknown>) => {
      checkName('step', stepName)
      if (RESERVED.has(stepName) || steps.some((known) => known.name === stepName)) {
        throw new TielineError('DECLARATION_INVALID', `saga ${name}: step '${stepName}' is already declared`)
      }
      const added: Step = Object.freeze({
        name: stepName,
        do: step.do as Step['do'],
        calls: step.calls,
        undo: step.undo as Step['undo'],
        irreversible: step.irreversible,
        when: step.when as Step['when'],
        policy: step.policy,
      })
      return withSteps(name, spec, [...steps, added])
    },
  }) as unknown as Saga<I, R>
}
