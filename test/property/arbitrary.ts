import { Arbitrary, type Random, type Stream, stream, Value } from 'fast-check'
import { Chance } from '../fuzz/chance.ts'
import { smaller } from '../fuzz/shrink.ts'
import type { AnyTarget } from '../fuzz/target.ts'

/** The inputs of a fuzz target as a fast-check arbitrary: fast-check draws, repeats and makes smaller; the laws stay in one place. */
export class Inputs extends Arbitrary<unknown> {
  readonly #of: AnyTarget

  constructor(of: AnyTarget) {
    super()
    this.#of = of
  }

  generate(random: Random): Value<unknown> {
    return new Value(this.#of.make(new Chance(() => random.nextDouble())), undefined)
  }

  canShrinkWithoutContext(_value: unknown): _value is unknown {
    return true
  }

  shrink(value: unknown): Stream<Value<unknown>> {
    return stream(smaller(value)[Symbol.iterator]() as IterableIterator<unknown>).map(
      (less) => new Value(less, undefined),
    )
  }
}
