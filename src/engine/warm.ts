import type { NewMessage } from '../port/store.ts'

/** Parsed events of the newest messages, so that a short backlog is parsed once, not twice. A hint: a miss only costs a parse. */
export interface Warm {
  put(message: NewMessage, data: unknown): void
  /** The parsed event, once per delivery. */
  get(source: string, id: string): unknown
}

const ENTRIES = 256
const LARGEST_BYTES = 16_384
/** So many messages found no room and nobody took one out: what is kept belongs to flows that do not work, and makes room. */
const STALE_AFTER = 50_000

/** Older work is claimed first, so what is there stays. Few are kept: whatever outlives the young generation costs more than a parse. */
export function createWarm(): Warm {
  const entries = new Map<string, { readonly data: unknown; uses: number }>()
  let turnedAway = 0
  return {
    put: (message, data) => {
      if (entries.size >= ENTRIES) {
        if (++turnedAway < STALE_AFTER) return
        turnedAway = 0
        entries.clear()
      }
      if (message.body.length > LARGEST_BYTES) return
      entries.set(`${message.source}\n${message.id}`, { data, uses: message.deliveries.length })
    },
    get: (source, id) => {
      if (entries.size === 0) return undefined
      const name = `${source}\n${id}`
      const entry = entries.get(name)
      if (entry === undefined) return undefined
      turnedAway = 0
      if (--entry.uses === 0) entries.delete(name)
      return entry.data
    },
  }
}
