import { TielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import type { Host } from '../port/host.ts'
import type { Lease, Store } from '../port/store.ts'
import { type Held, LEASE_MS, RENEW_MS } from './held.ts'

/**
 * Renews the leases of work that takes long, and ends what has taken too long. One call per beat, not per message; a beat does not wait
 * for the answer of the one before, so a store that hangs for one call does not cost all leases.
 */
export async function keepLeases(store: Store, host: Host, held: ReadonlySet<Held>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await host.clock.sleep(RENEW_MS, stop)
    const now = host.clock.mono()
    const long: Held[] = []
    for (const one of held) {
      if (now > one.deadlineMono + RENEW_MS) giveUp(one)
      else if (now - one.sinceMono >= RENEW_MS / 2) long.push(one)
    }
    if (long.length > 0) void renew(store, host, long, now)
  }
}

async function renew(store: Store, host: Host, long: readonly Held[], sentMono: number): Promise<void> {
  try {
    const leases = long.map(({ lease }) => lease)
    // By token: this process may hold a later lease on the same work, which is no business of the former run.
    const kept = new Set((await store.extend(leases, LEASE_MS)).map(nameOf))
    for (const one of long) {
      if (!kept.has(nameOf(one.lease))) lose(one)
      else if (one.untilMono !== LOST) one.untilMono = Math.max(one.untilMono, sentMono + LEASE_MS)
    }
  } catch (error) {
    host.log('warn', 'engine.extend', { fault: faultOf(error) }) // calls stop before the lease does
  }
}

const LOST = Number.NEGATIVE_INFINITY

const nameOf = ({ id, token }: Lease): string => `${id} ${token}`

function lose(held: Held): void {
  held.untilMono = LOST
  held.abort?.(new TielineError('LEASE_LOST', 'the lease was lost'))
}

function giveUp(held: Held): void {
  held.abort?.(new TielineError('HTTP_TIMEOUT', 'the attempt took too long'))
  held.expire?.()
}
