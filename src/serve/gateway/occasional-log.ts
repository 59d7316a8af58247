import type { Clock } from '../../port/clock.ts'
import type { Log, LogLevel } from '../../port/log.ts'

const EVERY_MS = 60_000

/** Logs the same thing (event, source and reason) at most once a minute, with how often it happened since. For what a sender can cause as often as it likes. */
export type OccasionalLog = (
  level: LogLevel,
  event: string,
  fields: Readonly<Record<string, unknown>> & { readonly source: string; readonly reason: string },
) => void

/** Its memory is bounded by the pairs of declared sources and reasons, which are closed lists. */
export function createOccasionalLog(log: Log, clock: Clock): OccasionalLog {
  const seen = new Map<string, { atMs: number; since: number }>()
  return (level, event, fields) => {
    const key = `${event} ${fields.source} ${fields.reason}`
    const last = seen.get(key)
    const nowMs = clock.mono()
    if (last !== undefined && nowMs - last.atMs < EVERY_MS) {
      last.since++
      return
    }
    log(level, event, { ...fields, times: (last?.since ?? 0) + 1 })
    seen.set(key, { atMs: nowMs, since: 0 })
  }
}
