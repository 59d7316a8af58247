import type { Progress } from '../../engine/move/move.ts'

/** A move that takes longer than this says how far it is. */
const EVERY_MS = 2_000

const WORDS = { copy: 'copied', verify: 'verified' } as const

/** Lines on standard error: how many of how many, and how fast. */
export function moveProgress(out: { write(text: string): unknown }): Progress {
  let phase: string | undefined
  let begun = 0
  let already = 0
  let said = performance.now()
  return ({ as, works, total }) => {
    const now = performance.now()
    if (phase !== as) {
      phase = as
      begun = now
      already = works
    }
    if (now - said < EVERY_MS) return
    said = now
    const rate = Math.round(((works - already) * 1_000) / Math.max(1, now - begun))
    out.write(`${WORDS[as]} ${works} of ${total} pieces of work, ${rate} a second\n`)
  }
}
