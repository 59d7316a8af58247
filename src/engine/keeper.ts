import { TielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import type { Host } from '../port/host.ts'
import type { Lease, Store } from '../port/store.ts'
import { type Held, LEASE_MS, RENEW_MS } from './held.ts'

/** Renews the leases of work that takes long, and ends what has taken too long. One call per beat, not per message. */
export async function keepLeases(store: Store, host: Host, held: ReadonlySet<Held>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await host.clock.sleep(RENEW_MS, stop)
    const sent = host.clock.mono()
    const long: Held[] = []
    for (const one of held) {
      if (sent > one.deadlineMono + RENEW_MS) giveUp(one)
      else if (sent - one.sinceMono >= RENEW_MS / 2) long.push(one)
    }
    if (long.length === 0) continue
    try {
      const leases = long.map(({ lease }) => lease)
      // By token: this process may hold a later lease on the same work, which is no business of the former run.
      const kept = new Set((await store.extend(leases, LEASE_MS)).map(nameOf))
      for (const one of long) {
        if (kept.has(nameOf(one.lease))) one.untilMono = sent + LEASE_MS
        else lose(one)
      }
    } catch (error) {
      host.log('warn', 'engine.extend', { fault: faultOf(error) }) // calls stop before the lease does
    }
  }
}

const nameOf = ({ id, token }: Lease): string => `${id} ${token}`

function lose(held: Held): void {
  held.untilMono = Number.NEGATIVE_INFINITY
  held.abort?.(new TielineError('LEASE_LOST', 'the lease was lost'))
}

function giveUp(held: Held): void {
  held.abort?.(new TielineError('HTTP_TIMEOUT', 'the attempt took too long'))
  held.expire?.()
}
