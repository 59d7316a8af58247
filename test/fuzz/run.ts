import { chanceOf } from './chance.ts'
import { GROWTH, tooSlow } from './growth.ts'
import { shrink } from './shrink.ts'
import { type AnyTarget, asBroken, breaks, broken, type LawBroken } from './target.ts'

export interface RunOptions {
  readonly runs: number
  readonly seed: number
  /** Number of the first run; each run can be run alone. */
  readonly first: number
  /** Told how many runs are done, some times a second. */
  readonly progress?: (done: number) => void
}

export interface Failure {
  readonly law: string
  /** What the check said, of the smallest input. */
  readonly what: string
  readonly input: unknown
  /** Undefined where no single run broke the law. */
  readonly run: number | undefined
}

export interface Result {
  readonly runs: number
  readonly seconds: number
  readonly failure: Failure | undefined
}

const TELL_EVERY = 2_000
const STACK = 5

/** Runs a target until a law breaks or all runs are done; then looks whether its time grows too fast. */
export async function runTarget(of: AnyTarget, { runs, seed, first, progress }: RunOptions): Promise<Result> {
  const began = performance.now()
  const ended = (done: number, failure: Failure | undefined): Result => ({
    runs: done,
    seconds: (performance.now() - began) / 1_000,
    failure,
  })
  using _ = withoutStacks()
  for (let done = 0; done < runs; done++) {
    const run = first + done
    let input: unknown
    try {
      input = of.make(chanceOf(seed, run))
      const waiting = of.check(input, broken)
      if (waiting !== undefined) await waiting
    } catch (thrown) {
      return ended(done + 1, await smallest(of, input, asBroken(thrown), run))
    }
    if (done % TELL_EVERY === TELL_EVERY - 1) {
      progress?.(done + 1)
      await breathe()
    }
  }
  return ended(runs, await afterwards(of))
}

/** Laws of all runs together. */
async function afterwards(of: AnyTarget): Promise<Failure | undefined> {
  try {
    await of.after?.(broken)
  } catch (thrown) {
    const { law, message } = asBroken(thrown)
    return failure(law, message)
  }
  const names = Object.keys(Object.prototype)
  if (names.length > 0) return failure(POLLUTED, `Object.prototype has ${names.join(', ')}`)
  const slow = await tooSlow(of)
  return slow === undefined ? undefined : failure(GROWTH, slow)
}

export const POLLUTED = 'no prototype is changed'

/** Most inputs end in an error, and a stack costs more than all the rest. They are back when a failure is looked at again. */
function withoutStacks(): Disposable {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  return {
    [Symbol.dispose]: () => {
      Error.stackTraceLimit = before
    },
  }
}

async function smallest(of: AnyTarget, input: unknown, found: LawBroken, run: number): Promise<Failure> {
  Error.stackTraceLimit = STACK
  const least = await shrink(of, input, (await breaks(of, input)) ?? found)
  return { law: found.law, what: least.found.message, input: least.input, run }
}

function failure(law: string, what: string): Failure {
  return { law, what, input: undefined, run: undefined }
}

/** Lets signals and written lines through. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
