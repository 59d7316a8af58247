import type { Verdict } from './judge/verdict.ts'
import type { Outcome } from './run.ts'

/** The line that scripts rely on; it may grow, and keeps its meaning. */
export interface Report {
  readonly kills: number
  /** Events that a sender was told are taken. */
  readonly accepted: number
  /** Of these, those with every effect and a final state in every flow. */
  readonly delivered: number
  readonly lost: number
  readonly doubled: number
  readonly outOfOrder: number
  /** From a kill to the first call that the provider gets for one of the keys at hand, by whoever has them now; while all others are well. */
  readonly recoveryMs: Figures
  /** The same until each of those keys has its call. */
  readonly keysMs: Figures
  /** As `recoveryMs`, while another runtime was stopped, or the network or the server not well. */
  readonly troubledMs: Figures
  readonly disagreed: number
  readonly troubles: number
  /** From the end of a process until the next one listens. */
  readonly readyMs: Figures
  readonly points: Outcome['points']
  readonly neverReached: readonly string[]
  /** Dead letters that the rig replayed as the operator: what was at hand in three kills is one. */
  readonly replayed: number
  /** Answers to senders that said "known already". */
  readonly duplicates: number
  /** Requests that the provider took; those of them whose effect it had made already. */
  readonly calls: number
  readonly repeats: Verdict['repeats']
  readonly absorbed: number
  /** Starts that failed because the store could not be reached, and were repeated. */
  readonly failedStarts: number
  readonly store: string
  readonly workers: number
  readonly pooler: boolean
  readonly seed: number
  readonly seconds: number
}

interface Figures {
  readonly p50: number
  readonly max: number
  readonly count: number
}

type Setting = Pick<Report, 'store' | 'workers' | 'pooler' | 'seed'>

export function reportOf({ verdict, ...outcome }: Outcome, { store, workers, pooler, seed }: Setting): Report {
  const { lost, doubled, outOfOrder, disagreed } = verdict
  return {
    kills: outcome.kills,
    accepted: verdict.accepted,
    delivered: verdict.delivered,
    lost: lost.length,
    doubled: doubled.length,
    outOfOrder: outOfOrder.length,
    recoveryMs: figures(outcome.recovery.first),
    keysMs: figures(outcome.recovery.lanes),
    troubledMs: figures(outcome.recovery.troubled),
    disagreed: disagreed.length,
    troubles: outcome.troubles.length,
    readyMs: figures(outcome.readyMs),
    points: outcome.points,
    neverReached: outcome.neverReached,
    replayed: outcome.replayed,
    duplicates: verdict.duplicates,
    calls: verdict.calls,
    repeats: verdict.repeats,
    absorbed: verdict.absorbed,
    failedStarts: outcome.failedStarts,
    store,
    workers,
    pooler,
    seed,
    seconds: outcome.seconds,
  }
}

/** Nothing lost, doubled or out of order, each record agrees, and each planned point was reached. */
export function isGood({
  lost,
  doubled,
  outOfOrder,
  disagreed,
  troubles,
  neverReached,
  accepted,
  delivered,
}: Report): boolean {
  const wrong = lost + doubled + outOfOrder + disagreed + troubles + neverReached.length
  return wrong === 0 && accepted > 0 && delivered === accepted
}

function figures(samples: readonly number[]): Figures {
  const sorted = [...samples].sort((a, b) => a - b)
  return {
    p50: Math.round(sorted[sorted.length >> 1] ?? 0),
    max: Math.round(sorted.at(-1) ?? 0),
    count: samples.length,
  }
}

const SHOWN = 10

/** What is wrong, a sentence each, the first few of each kind. */
export function complaints({ verdict, troubles, neverReached }: Outcome): readonly string[] {
  const lists = { ...verdict, trouble: troubles, 'never reached': neverReached }
  return Object.entries(lists).flatMap(([kind, list]) => {
    if (!Array.isArray(list)) return []
    const more = list.length > SHOWN ? [`${kind}: and ${list.length - SHOWN} more`] : []
    return [...list.slice(0, SHOWN).map((line) => `${kind}: ${line}`), ...more]
  })
}

/** For people. */
export function summary(report: Report): string {
  const { kills, accepted, delivered, lost, doubled, outOfOrder, points, repeats, seconds, seed } = report
  const { recoveryMs, keysMs, troubledMs, readyMs } = report
  const width = Math.max(...Object.keys(points).map((name) => name.length))
  const rows = Object.entries(points).map(([name, count]) => `  ${name.padEnd(width)} ${String(count).padStart(4)}`)
  return [
    `${kills} kills in ${seconds} s on ${report.store}${report.pooler ? ' behind a pooler' : ''}, ${report.workers} at work, seed ${seed}`,
    ...rows.sort(),
    `${accepted} events accepted, ${report.duplicates} duplicates recognised, ${delivered} delivered`,
    `${report.calls} calls, ${repeats.sameLife} repeated for the provider's faults and ${repeats.afterKill} after a kill, each with its key; ${report.absorbed} by a process that had lost its work to another`,
    `${report.replayed} dead letters replayed on the way`,
    `${lost} lost, ${doubled} doubled, ${outOfOrder} out of order`,
    `a key of a killed process is worked on again after ${recoveryMs.p50} ms (median), ${recoveryMs.max} ms at most; each of them ${keysMs.p50} and ${keysMs.max} ms`,
    `  while something else was not well: ${troubledMs.p50} and ${troubledMs.max} ms (${troubledMs.count} kills)`,
    `the next process listens after ${readyMs.p50} and ${readyMs.max} ms`,
    isGood(report) ? 'All ledgers agree.' : 'NOT as it should be.',
  ].join('\n')
}
