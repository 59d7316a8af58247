import fc from 'fast-check'
import { isSame } from '../fuzz/shrink.ts'
import { type AnyTarget, breaks, broken, type LawBroken } from '../fuzz/target.ts'
import { Inputs } from './arbitrary.ts'

/** Holds a fuzz target's laws for so many inputs, and those that hold once they are over. */
export async function holds(of: AnyTarget, numRuns: number): Promise<void> {
  let first: LawBroken | undefined
  const laws = fc.asyncProperty(new Inputs(of), async (input) => {
    const found = await breaks(of, input)
    if (found === undefined) return
    first ??= found
    if (isSame(found, first)) throw found // a smaller input must break the same law
  })
  try {
    await fc.assert(laws, { numRuns })
    await of.after?.(broken)
  } finally {
    await of.close?.()
  }
}
