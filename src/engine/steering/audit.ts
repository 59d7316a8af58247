import { faultOf } from '../../core/fault.ts'
import type { Host } from '../../port/host.ts'
import type { Store } from '../../port/store.ts'

/** What an operator did. `why` begins with who did it. */
export interface AuditEntry {
  readonly atMs: number
  readonly verb: string
  readonly target: string
  readonly why: string
}

/** The operators' actions, kept in the store; the newest are kept longest. */
export interface Audit {
  note(entry: Omit<AuditEntry, 'atMs'>): Promise<void>
  /** Newest first. */
  list(): Promise<readonly AuditEntry[]>
}

const DOCUMENT = 'tieline/audit'
const KEPT = 500
const RACES = 5

export function createAudit(store: Store, host: Host): Audit {
  async function read(): Promise<readonly [version: number, entries: readonly AuditEntry[]]> {
    const [document] = await store.read([DOCUMENT])
    return document === undefined ? [0, []] : [document.version, JSON.parse(document.body) as AuditEntry[]]
  }

  return {
    note: async (entry) => {
      const full: AuditEntry = { atMs: host.clock.now(), ...entry }
      host.log('info', 'operator', { ...entry })
      try {
        for (let race = 0; race < RACES; race++) {
          const [expected, entries] = await read()
          const body = JSON.stringify([...entries.slice(1 - KEPT), full])
          const [verdict] = await store.write([{ key: DOCUMENT, expected, body }])
          if (verdict === 'ok') return
        }
      } catch (error) {
        // What was asked for is in force, and stands in the log; it must not look as if it were not.
        host.log('warn', 'engine.audit', { fault: faultOf(error) })
      }
    },
    list: async () => (await read())[1].toReversed(),
  }
}
