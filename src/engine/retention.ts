import { faultOf } from '../core/fault.ts'
import type { Host } from '../port/host.ts'
import type { Store } from '../port/store.ts'

const EVERY_MS = 60_000
/** A few milliseconds of the store's time; more is left for the next round at once. */
const AT_ONCE = 500

/** Drops finished work and its bodies when they are older than declared, a little at a time. Dead letters stay until somebody decides. */
export async function keepRetention(store: Store, host: Host, retainMs: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    let dropped = 0
    try {
      dropped = await store.purge(retainMs, AT_ONCE)
    } catch (error) {
      host.log('warn', 'engine.purge', { fault: faultOf(error) })
    }
    await host.clock.sleep(dropped === AT_ONCE ? EVERY_MS / 60 : EVERY_MS, stop)
  }
}
