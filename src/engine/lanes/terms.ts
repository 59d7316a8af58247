import { TielineError } from '../../core/error.ts'
import type { ClaimRequest } from '../../port/store.ts'
import type { Lane } from './lane.ts'
import { laneId } from './lane-id.ts'
import type { Share } from './share.ts'

/** What a claim asks beside its flows: whose turn counts how much, and what stays where it is. */
export interface Terms {
  /** Equal for equal exceptions, empty for none. */
  readonly except: string
  /** Messages in one turn of this tenant, at least 1 (so that a turn is O(1)): its weight in units of the smallest. */
  quantum(share: Share): number
  /** The tenant is excepted. */
  leaves(share: Share): boolean
  /** The key is excepted. */
  parks(lane: Lane): boolean
}

/** How numbers are called. */
export interface Called {
  readonly flow: (number: number) => string
  readonly tenant: (number: number) => string
}

/** A turn of the heaviest tenant is at most a million messages. */
const LEAST = 0.001
const MOST = 1_000
const NOTHING: NonNullable<ClaimRequest['except']> = Object.freeze({ tenants: [], keys: [] })

/** Makes terms, and keeps the last ones: most claims ask for the same. */
export class TermsOf {
  readonly #called: Called
  #except: ClaimRequest['except']
  #weights: ClaimRequest['weights']
  #last: Terms | undefined

  constructor(called: Called) {
    this.#called = called
  }

  /**
   * `undefined` for a claim that asks for nothing of the kind.
   * @throws {TielineError} REQUEST_INVALID for a weight that is none
   */
  of({ except, weights }: ClaimRequest): Terms | undefined {
    if (except === undefined && weights === undefined) return undefined
    if (except !== this.#except || weights !== this.#weights) {
      this.#last = terms(except ?? NOTHING, weights ?? {}, this.#called)
      this.#except = except
      this.#weights = weights
    }
    return this.#last
  }
}

function terms(
  { tenants, keys }: NonNullable<ClaimRequest['except']>,
  weights: Readonly<Record<string, number>>,
  called: Called,
): Terms {
  const given = new Map(Object.entries(weights))
  for (const [tenant, weight] of given) {
    if (weight >= LEAST && weight <= MOST) continue
    throw new TielineError(
      'REQUEST_INVALID',
      `claim: the weight of tenant ${JSON.stringify(tenant)} is ${weight}; give a number from ${LEAST} to ${MOST}`,
    )
  }
  const least = Math.min(1, ...given.values())
  const left = new Set(tenants)
  const parked = new WeakMap<Share, ReadonlySet<number>>()
  const lanesOf = (share: Share): ReadonlySet<number> => {
    let lanes = parked.get(share)
    if (!lanes) {
      const [flow, tenant] = [called.flow(share.flow.flow), called.tenant(share.tenant)]
      lanes = new Set(keys.map((key) => laneId(flow, key, tenant)))
      parked.set(share, lanes)
    }
    return lanes
  }
  return {
    except: tenants.length + keys.length === 0 ? '' : JSON.stringify([tenants, keys]),
    quantum: (share) => (given.size === 0 ? 1 : (given.get(called.tenant(share.tenant)) ?? 1) / least),
    leaves: (share) => left.size > 0 && left.has(called.tenant(share.tenant)),
    parks: (lane) => keys.length > 0 && lanesOf(lane.share).has(lane.id),
  }
}
