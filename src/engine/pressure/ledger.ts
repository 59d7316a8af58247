import { faultOf } from '../../core/fault.ts'
import type { Priority } from '../../declare/flow/flow.ts'
import type { Host } from '../../port/host.ts'
import type { Store } from '../../port/store.ts'

/** Classes that are ever shed. */
export type ShedClass = Exclude<Priority, 'critical'>

export interface Shed {
  readonly source: string
  readonly priority: ShedClass
  readonly requests: number
}

/** What was shed is recorded: counted here at once, and in the store for all processes together. */
export interface Ledger {
  shed(source: string, priority: ShedClass): void
  /** Of this process, since it started. */
  counts(): readonly Shed[]
  /** Something is not in the store yet. */
  readonly unsaved: boolean
  /** Adds what is new to the document, unless that was done lately. Never throws: what could not be written is written later. */
  save(atOnce?: boolean): Promise<void>
}

/** `{"SOURCE":{"bulk":n,"normal":n}}`: requests shed since the store was made. */
export const SHED_DOCUMENT = 'tieline/shed'
type Document = Record<string, Partial<Record<ShedClass, number>>>

const EVERY_MS = 5_000
const RACES = 3

export function createLedger(
  store: Pick<Store, 'read' | 'write'>,
  { clock, log }: Pick<Host, 'clock' | 'log'>,
): Ledger {
  const all = new Map<string, Record<ShedClass, number>>()
  let fresh = new Map<string, Record<ShedClass, number>>()
  let savedMono = Number.NEGATIVE_INFINITY
  let saving: Promise<void> | undefined

  async function add(counts: ReadonlyMap<string, Record<ShedClass, number>>): Promise<boolean> {
    for (let race = 0; race < RACES; race++) {
      const [known] = await store.read([SHED_DOCUMENT])
      const document: Document = known === undefined ? {} : (JSON.parse(known.body) as Document)
      for (const [source, { bulk, normal }] of counts) {
        const before = document[source]
        document[source] = { bulk: (before?.bulk ?? 0) + bulk, normal: (before?.normal ?? 0) + normal }
      }
      const change = { key: SHED_DOCUMENT, expected: known?.version ?? 0, body: JSON.stringify(document) }
      if ((await store.write([change]))[0] === 'ok') return true
    }
    return false
  }

  async function write(): Promise<void> {
    const mine = fresh
    fresh = new Map()
    savedMono = clock.mono()
    try {
      if (await add(mine)) return
    } catch (error) {
      log('warn', 'engine.shed-not-counted', { fault: faultOf(error) })
    }
    for (const [source, { bulk, normal }] of mine) {
      count(fresh, source, 'bulk', bulk)
      count(fresh, source, 'normal', normal)
    }
  }

  return {
    shed: (source, priority) => {
      count(all, source, priority, 1)
      count(fresh, source, priority, 1)
    },
    counts: () =>
      [...all].flatMap(([source, counts]) =>
        (['bulk', 'normal'] as const).map((priority) => ({ source, priority, requests: counts[priority] })),
      ),
    get unsaved() {
      return fresh.size > 0 || saving !== undefined
    },
    save: async (atOnce = false) => {
      await saving
      if (fresh.size === 0 || (!atOnce && clock.mono() - savedMono < EVERY_MS)) return
      saving = write()
      await saving
      saving = undefined
    },
  }
}

function count(to: Map<string, Record<ShedClass, number>>, source: string, priority: ShedClass, more: number): void {
  const counts = to.get(source)
  if (counts === undefined) to.set(source, { bulk: 0, normal: 0, [priority]: more })
  else counts[priority] += more
}
