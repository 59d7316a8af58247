import { readdirSync, readFileSync } from 'node:fs'

/** Where Linux counts the time of processes: in hundredths of a second (USER_HZ; proc(5), /proc/pid/stat). */
const TICK_US = 10_000

/** A process's parent, its own time and that of its children that have ended, in ticks. */
function stat(pid: number): { readonly parent: number; readonly ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const at = (field: number): number => fields[field - 3] ?? 0 // the third field is the first after the name
    return { parent: at(4), ticks: at(14) + at(15) + at(16) + at(17) }
  } catch {
    return undefined // it has just ended, or this is no Linux
  }
}

/** CPU time in microseconds of a server with all its processes; undefined where nobody tells. */
export function cpuOfServer(pid: number): number | undefined {
  const server = stat(pid)
  if (server === undefined) return undefined
  let { ticks } = server
  for (const name of readdirSync('/proc')) {
    const one = /^\d+$/.test(name) ? stat(Number(name)) : undefined
    if (one?.parent === pid) ticks += one.ticks
  }
  return ticks * TICK_US
}

/** What a stage cost, in CPU microseconds. */
export interface Cpu {
  readonly clients: number
  /** Undefined where nobody tells. */
  readonly postgres: number | undefined
}

/** Of each message. */
export function perMessage(stages: readonly (Cpu | undefined)[], messages: number): { readonly cpuUs?: Required<Cpu> } {
  const each = (of: (cpu: Cpu) => number | undefined): number =>
    Math.round((stages.reduce((sum, one) => sum + (one === undefined ? 0 : (of(one) ?? 0)), 0) / messages) * 10) / 10
  const told = stages.every((one) => one !== undefined)
  return told ? { cpuUs: { clients: each(({ clients }) => clients), postgres: each(({ postgres }) => postgres) } } : {}
}
