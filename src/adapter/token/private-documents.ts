import type { Clock } from '../../port/clock.ts'
import type { Document, Store } from '../../port/store.ts'

/** The documents of a store, as far as tokens need them. */
export type Documents = Pick<Store, 'read' | 'write'>

/** Documents of this process alone, for tokens that must not leave it. */
export function privateDocuments(clock: Clock): Documents {
  const documents = new Map<string, { readonly document: Document; readonly endMono: number }>()
  const live = (key: string): Document | undefined => {
    const found = documents.get(key)
    return found !== undefined && found.endMono > clock.mono() ? found.document : undefined
  }
  return {
    read: async (keys) => keys.flatMap((key) => live(key) ?? []),
    write: async (changes) =>
      changes.map(({ key, expected, body, expiresInMs = Number.POSITIVE_INFINITY }) => {
        if ((live(key)?.version ?? 0) !== expected) return 'stale'
        if (body === null) documents.delete(key)
        else {
          const version = (documents.get(key)?.document.version ?? 0) + 1
          documents.set(key, { document: { key, version, body }, endMono: clock.mono() + expiresInMs })
        }
        return 'ok'
      }),
  }
}
