import { faultOf } from '../core/fault.ts'
import type { Host } from '../port/host.ts'
import type { Outcome, Settled, Store } from '../port/store.ts'
import type { Held } from './held.ts'

/**
 * Settles one outcome. A store error is an unknown outcome: the same fenced verb is repeated while the lease may still be held; after
 * that the lease runs out and the work is done again, with the same keys.
 */
export async function settleOne(store: Store, host: Host, held: Held, outcome: Outcome): Promise<Settled> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await store.settle([outcome]))[0] ?? 'stale'
    } catch (error) {
      host.log('warn', 'engine.settle', { work: outcome.lease.id, attempt, fault: faultOf(error) })
      if (host.clock.mono() > held.untilMono) return 'stale'
      await host.clock.sleep(Math.min(2_000, 100 * 2 ** attempt))
    }
  }
}
