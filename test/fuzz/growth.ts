import { TEXTS } from './mutate/fragment.ts'
import type { AnyTarget } from './target.ts'

export const GROWTH = 'time grows with size, not with its square'

const STEP = 8 // times larger
const ALLOWED = 4 * STEP // linear is 8, n log n some 10, quadratic 64
const NOTICEABLE_MS = 20 // less is nobody's lever
const MOST_TIMES = 9
const PIECES: readonly string[] = [
  ...TEXTS.filter((text) => text !== ''),
  ...['1', 'a', 'a-', '-a', 'a1', 'a ', 'a,', 'a=b&', '\\a', '"a",', '"a":', '[1,', '{"a":'],
  ...['Basic ', 'token ', 'secret:', 'sk_live_'],
]

/** Texts that make a careless pattern walk the same way again and again: one piece many times, with an end that does not fit. */
const SHAPES: readonly ((many: string) => string)[] = [(many) => many, (many) => `a${many}! @"`, (many) => `"${many}`]

/**
 * Feeds ever larger texts and says what took too long. Times are of this machine, so only their ratio counts: the quickest of some tries,
 * more of them where it looks bad.
 */
export async function tooSlow({ grow }: AnyTarget): Promise<string | undefined> {
  if (grow === undefined) return undefined
  const { to, run } = grow
  for (const piece of PIECES) {
    for (const shape of SHAPES) {
      const text = (size: number): string => shape(piece.repeat(Math.ceil(size / piece.length)))
      let [ratio, last] = [Number.POSITIVE_INFINITY, 0]
      for (let times = 1; times <= MOST_TIMES && ratio > ALLOWED; times *= 3) {
        last = await quickest(run, text(to), times)
        ratio = last < NOTICEABLE_MS ? 0 : last / (await quickest(run, text(to / STEP), times))
      }
      if (ratio <= ALLOWED) continue
      const beginning = JSON.stringify(text(to).slice(0, 40))
      return `${STEP} times the size takes ${ratio.toFixed(0)} times as long, ${last.toFixed(1)} ms for ${to} characters: ${beginning}…`
    }
  }
  return undefined
}

async function quickest(run: (text: string) => unknown, text: string, times: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time++) {
    const began = performance.now()
    try {
      await run(text)
    } catch {
      // what it may throw is looked at by the other laws
    }
    best = Math.min(best, performance.now() - began)
  }
  return best
}
