import type { NewMessage } from '../port/store.ts'

/** Parsed events of the newest messages, so that a short backlog is parsed once, not twice. A hint: a miss only costs a parse. */
export interface Warm {
  put(message: NewMessage, data: unknown): void
  /** The parsed event, once per delivery. */
  get(source: string, id: string): unknown
}

const ENTRIES = 2_000
const LARGEST_BYTES = 16_384 // 2,000 of these are about 100 MB parsed at the very worst, 10 MB in practice

export function createWarm(): Warm {
  const entries = new Map<string, { readonly data: unknown; uses: number }>()
  return {
    put: (message, data) => {
      if (message.body.length > LARGEST_BYTES) return
      if (entries.size >= ENTRIES) for (const oldest of entries.keys()) if (entries.delete(oldest)) break
      entries.set(`${message.source}\n${message.id}`, { data, uses: message.deliveries.length })
    },
    get: (source, id) => {
      const name = `${source}\n${id}`
      const entry = entries.get(name)
      if (entry === undefined) return undefined
      if (--entry.uses === 0) entries.delete(name)
      return entry.data
    },
  }
}
