import type { Document, DocumentChange, Settled } from '../../../port/store.ts'

/** Versioned documents; one that has expired counts as missing, but its version still grows. */
export class Documents {
  readonly #documents = new Map<string, Document>()

  read(now: number, keys: readonly string[]): Document[] {
    return keys.flatMap((key) => this.#live(now, key) ?? [])
  }

  write(now: number, changes: readonly DocumentChange[]): Settled[] {
    return changes.map((change) => {
      if ((this.#live(now, change.key)?.version ?? 0) !== change.expected) return 'stale'
      if (change.body === null) {
        this.#documents.delete(change.key)
        return 'ok'
      }
      const version = (this.#documents.get(change.key)?.version ?? 0) + 1
      const lasting = { key: change.key, version, body: change.body }
      const document =
        change.expiresInMs === undefined ? lasting : { ...lasting, expiresAtMs: now + change.expiresInMs }
      this.#documents.set(change.key, Object.freeze(document))
      return 'ok'
    })
  }

  purge(before: number, limit: number): number {
    let gone = 0
    for (const [key, document] of this.#documents) {
      if (gone >= limit) break
      if (document.expiresAtMs === undefined || document.expiresAtMs > before) continue
      this.#documents.delete(key)
      gone++
    }
    return gone
  }

  #live(now: number, key: string): Document | undefined {
    const document = this.#documents.get(key)
    return document && (document.expiresAtMs ?? Number.POSITIVE_INFINITY) > now ? document : undefined
  }
}
