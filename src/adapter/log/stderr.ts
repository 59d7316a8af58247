import type { Log, LogLevel } from '../../port/log.ts'

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** One line of JSON per event on standard error, from `TIELINE_LOG` (debug, info, warn, error; default warn) upwards. */
export const stderrLog: Log = (level, event, fields) => {
  const least = process.env['TIELINE_LOG'] ?? 'warn'
  if (RANK[level] < (RANK[least as LogLevel] ?? RANK.warn)) return
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }, plain)}\n`)
}

function plain(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  return { name: value.name, message: value.message, ...('code' in value ? { code: value.code } : {}) }
}
