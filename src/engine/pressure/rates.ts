import type { Endpoint } from '../../declare/source/source.ts'
import type { Clock } from '../../port/clock.ts'
import type { Admissions, Resource } from '../policy/admission.ts'

/** The declared rate of one source, or of each of its tenants. A place is taken at once or not at all: nobody waits in memory for one. */
export interface SourceRate {
  readonly each: 'source' | 'tenant'
  /** Takes a place. 0: go on; else come again after so many milliseconds. */
  take(tenant: string): number
  /** The same answer without taking anything, where the last one to ask was refused until then: for requests that have proven nothing yet. */
  closedForMs(): number
}

/** No connector is called so: their names have no `/`. */
const resourceOf = (source: string, tenant: string): Resource => ({ connector: `in/${source}`, operation: '', tenant })

export function sourceRate({ name, rate }: Endpoint, admissions: Admissions, clock: Clock): SourceRate | undefined {
  if (rate === undefined) return undefined
  const { each, layer } = rate
  const whole = each === 'source' ? admissions.of(layer, resourceOf(name, '')) : undefined
  let closedUntilMono = Number.NEGATIVE_INFINITY

  return {
    each,
    take: (tenant) => {
      const now = clock.mono()
      const admission = whole ?? admissions.of(layer, resourceOf(name, tenant)) // which keeps those of tenants that send
      const waitMs = Math.min(admission.enter(now, 0, false), layer.perMs)
      if (whole !== undefined && waitMs > 0) closedUntilMono = now + waitMs
      return waitMs
    },
    closedForMs: () => Math.max(0, closedUntilMono - clock.mono()),
  }
}
