import type { Priority } from 'tieline'
import type { Stream } from '../badday/plan.ts'

/** Of what is offered. */
export const SHARES: Readonly<Record<Priority, number>> = { critical: 0.1, normal: 0.3, bulk: 0.6 }
export const CLASSES: readonly Priority[] = ['critical', 'normal', 'bulk']
/** Events in a request: so that two cores can make five times of what they can work off. */
export const BATCH = 20

/** What finds out how much can be worked off: of the class that is never shed. */
export const PROBE = 'probe'

/** Traffic of all classes; the figures are kept by `CLASS PHASE`. */
export function streams(phase: string, perSecond: number): readonly Stream[] {
  const classes: readonly Priority[] = phase === PROBE ? ['critical'] : CLASSES
  return classes.map((name) => ({
    name: `${name} ${phase}`,
    path: `/in/${name}`,
    type: name,
    perSecond: perSecond * SHARES[name],
    keys: 10_000,
    tenants: 0,
    batch: BATCH,
  }))
}

/** `tieline_gateway_shed_total{source="bulk",class="bulk"} 12` of a scrape, by class. */
export function shedOf(exposition: string): Readonly<Record<string, number>> {
  const shed: Record<string, number> = {}
  for (const [, labels = '', count] of exposition.matchAll(/^tieline_gateway_shed_total\{([^}]*)\} (\d+)$/gm)) {
    const name = /class="(\w+)"/.exec(labels)?.[1] ?? ''
    shed[name] = (shed[name] ?? 0) + Number(count)
  }
  return shed
}

/** Requests that were refused under pressure, as their sender saw it. */
export function refusedOf(answers: Readonly<Record<string, number>>): number {
  const shed = Object.entries(answers).filter(([answer]) => / OVERLOADED (class|share)$/.test(answer))
  return shed.reduce((sum, [, requests]) => sum + requests, 0)
}
