import { setTimeout as sleep } from 'node:timers/promises'
import type { Span } from '../ledger.ts'
import type { Strike } from '../plan/plan.ts'
import { POINTS } from '../plan/points.ts'
import { CALM_VARIABLE, PASSAGE_VARIABLE, POINT_VARIABLE } from '../preload/passage.ts'
import type { Aim } from '../provider/process.ts'
import type { Operator } from './admin.ts'
import type { Child } from './child.ts'
import { emptyDisk, fillDisk } from './full-disk.ts'
import type { Ground } from './ground.ts'

/** A point that is not reached in so long is not reached at all. A checkpoint waits for 16 MB of log, which takes a busy machine half a minute. ms */
const PATIENCE_MS = 60_000
const RESUME_MS = 10_000
const PRELOAD = new URL('../preload/preload.ts', import.meta.url).href

export interface Struck {
  /** It was as the strike says: the point was reached, the disk was felt to be full … */
  readonly reached: boolean
  readonly trouble?: string
  readonly stopped?: Span
  readonly troubled?: Span
  readonly outage?: Span
}

export interface Stage {
  readonly worker: number
  readonly runtime: Child
  readonly provider: Child
  readonly operator: Operator
  readonly ground: Ground
}

/** What the process must be started with so that it ends at the point. */
export function armed(strike: Strike): Readonly<Record<string, string>> {
  if (!('passage' in strike) || POINTS[strike.as].by !== 'itself') return {}
  return {
    NODE_OPTIONS: `--import=${PRELOAD}`,
    [POINT_VARIABLE]: strike.as,
    [PASSAGE_VARIABLE]: String(strike.passage),
    [CALM_VARIABLE]: String(strike.calmMs),
  }
}

/** Brings the life of a runtime to the end that the strike says. It is dead when this resolves. */
export async function strikeDown(strike: Strike, stage: Stage): Promise<Struck> {
  const { runtime } = stage
  const { ended } = runtime
  const within = async (ms: number): Promise<boolean> =>
    Promise.race([ended.then(() => true), sleep(ms, false, { ref: false })])
  const kill = async (): Promise<void> => {
    runtime.signal('SIGKILL')
    await ended
  }

  if ('passage' in strike) {
    const aim: Aim = { process: runtime.pid, effects: strike.passage, calmMs: strike.calmMs }
    if (POINTS[strike.as].by === 'provider') stage.provider.tell(aim)
    const reached = await within(PATIENCE_MS)
    await kill()
    return { reached }
  }
  if (strike.as === 'while starting') {
    await Promise.race([runtime.ready, within(strike.afterMs)])
    await kill()
    return { reached: true }
  }
  await runtime.ready
  await within(strike.afterMs)
  const struck = runtime.over() ? { reached: false } : await struckAlive(strike, stage, within)
  await kill()
  return struck
}

type Within = (ms: number) => Promise<boolean>

/** What happens to a runtime that works, before it is killed. */
async function struckAlive(
  strike: Exclude<Strike, { readonly as: 'while starting' } | { readonly passage: number }>,
  stage: Stage,
  within: Within,
): Promise<Struck> {
  const { runtime } = stage
  switch (strike.as) {
    case 'at random':
      return { reached: true }
    case 'paused past the lease': {
      runtime.signal('SIGSTOP')
      const stopped = await during(() => within(strike.forMs))
      runtime.signal('SIGCONT')
      await within(strike.thenMs)
      return { reached: true, stopped }
    }
    case 'with a full disk':
    case 'after a full disk':
      return withoutRoom(strike, stage, within)
    default: {
      const span = await during(() => stage.ground.trouble(strike.as, stage.worker, strike.forMs))
      await within(strike.thenMs)
      return { reached: true, ...(strike.as.startsWith('network') ? { troubled: span } : { outage: span }) }
    }
  }
}

async function during(happens: () => Promise<unknown>): Promise<Span> {
  const fromMs = Date.now()
  await happens()
  return { fromMs, untilMs: Date.now() }
}

async function withoutRoom(
  strike: Strike & { as: 'with a full disk' | 'after a full disk' },
  { runtime, operator }: Stage,
  within: Within,
): Promise<Struck> {
  fillDisk(runtime.pid)
  await within(strike.forMs)
  const reached = runtime.words().includes('STORE_FULL')
  if (strike.as === 'with a full disk' || runtime.over()) return { reached }
  const before = (await operator.status())?.accepted
  emptyDisk(runtime.pid)
  for (const until = performance.now() + RESUME_MS; performance.now() < until && !runtime.over(); await within(50)) {
    const now = (await operator.status())?.accepted
    if (before === undefined || now === undefined || now <= before) continue
    await within(strike.thenMs)
    return { reached }
  }
  return { reached, trouble: `nothing was accepted for ${RESUME_MS / 1_000} s after the disk had room again` }
}
