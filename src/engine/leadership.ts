import { faultOf } from '../core/fault.ts'
import type { Host } from '../port/host.ts'
import type { Store } from '../port/store.ts'
import { LEASE_MS, RENEW_MS } from './held.ts'

/** What one process at a time does: whoever wrote the document, for as long as it lasts. */
export interface Leadership {
  /** Whether this process leads now. Takes over when nobody does, renews when it is time. */
  leads(): Promise<boolean>
  /** Lets another process take over at once. Never throws: the document ends by itself. */
  release(): Promise<void>
}

export function createLeadership(store: Store, host: Host, key: string): Leadership {
  let renewedMono = Number.NEGATIVE_INFINITY

  /** The version to write next when the document is ours or nobody's. */
  async function free(): Promise<number | undefined> {
    const [document] = await store.read([key])
    if (document === undefined) return 0
    return document.body === host.name ? document.version : undefined
  }

  return {
    leads: async () => {
      const sent = host.clock.mono()
      if (sent - renewedMono < RENEW_MS) return true
      renewedMono = Number.NEGATIVE_INFINITY
      const expected = await free()
      if (expected === undefined) return false
      const [verdict] = await store.write([{ key, expected, body: host.name, expiresInMs: LEASE_MS }])
      if (verdict !== 'ok') return false
      renewedMono = sent
      return true
    },
    release: async () => {
      renewedMono = Number.NEGATIVE_INFINITY
      try {
        const expected = await free()
        if (expected !== undefined && expected > 0) await store.write([{ key, expected, body: null }])
      } catch (error) {
        host.log('warn', 'engine.release', { what: key, fault: faultOf(error) })
      }
    },
  }
}
