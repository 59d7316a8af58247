import type { CallContext, Operation } from '../../../declare/target/operation.ts'

/**
 * Several operations, one after another, under one key: for a saga step. Each may be repeated as often as it takes. A flow whose target is
 * a single call takes one of the operations themselves.
 */
export interface Sequence<I, O> {
  (input: I, call: CallContext): Promise<O>
  /** What it calls, for the `calls` of a saga step. */
  readonly calls: readonly Operation<never, unknown>[]
}

export function sequence<I, O>(
  calls: readonly Operation<never, unknown>[],
  run: (input: I, call: CallContext) => Promise<O>,
): Sequence<I, O> {
  return Object.freeze(
    Object.assign((input: I, call: CallContext) => run(input, call), { calls: Object.freeze([...calls]) }),
  )
}
