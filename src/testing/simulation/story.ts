import type { Run } from './run.ts'

/** Lines that say nothing by themselves. */
const DULL = /^store\.(claim|extend|read|purge|find|history)$/

/** A run as a person reads it: one line for each event, up to the broken invariant. */
export function tell({ seed, story = [], failure }: Run): string {
  const lines = story
    .filter(({ event }) => !DULL.test(event))
    .map(({ atMs, actor, event, detail }) =>
      `${(atMs / 1_000).toFixed(3).padStart(9)} s  ${actor.padEnd(12)} ${event} ${detail}`.trimEnd(),
    )
  const end = failure === undefined ? 'no invariant broke' : `${failure.invariant}: ${failure.detail}`
  return [`seed ${seed}`, ...lines, end].join('\n')
}
