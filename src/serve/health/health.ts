import type { Desk, Status } from '../../engine/desk.ts'
import type { Clock } from '../../port/clock.ts'
import { observe, type Progress, standsStill } from './progress.ts'

const STORE_MS = 2_000 // a status is one cheap read; probes give up after 1 to 5 s
const STALL_MS = 120_000 // twice the default deadline of one attempt

/** What `/health/ready` says. */
export interface Readiness {
  readonly ready: boolean
  readonly reason?: string
  readonly pending?: number
  /** Age of the oldest pending work, ms. */
  readonly oldestMs?: number
  /** How long the store took to answer, ms. */
  readonly storeMs?: number
}

export interface Health {
  ready(): Promise<Readiness>
}

/** Ready means progress: the store answers, the engine says so, and work that could run does not stand still. */
export function createHealth(desk: Desk, clock: Clock): Health {
  let progress: Progress | undefined
  return {
    async ready() {
      const begunMs = clock.mono()
      const status = await withinTime(desk, clock)
      if (typeof status === 'string') return { ready: false, reason: status }
      const nowMs = clock.mono()
      progress = observe(progress, status, nowMs)
      const { pending, oldestMs } = status
      const facts = { pending, oldestMs, storeMs: Math.round(nowMs - begunMs) }
      if (!status.ready) return { ready: false, reason: status.reason ?? 'the engine is not ready', ...facts }
      const paused = desk.controls().some((control) => control.kind === 'pause')
      if (standsStill(status, progress, nowMs, { stallMs: STALL_MS, paused })) {
        const reason = `no work was finished for ${Math.round((nowMs - progress.sinceMs) / 1_000)} s while ${pending} are pending`
        return { ready: false, reason, ...facts }
      }
      return { ready: true, ...facts }
    },
  }
}

async function withinTime(desk: Desk, clock: Clock): Promise<Status | string> {
  const timer = new AbortController()
  const late = clock.sleep(STORE_MS, timer.signal).then(() => `the store did not answer within ${STORE_MS} ms`)
  try {
    return await Promise.race([desk.status(), late])
  } catch {
    return 'the store does not answer'
  } finally {
    timer.abort()
  }
}
