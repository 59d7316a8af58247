import { TielineError } from '../../core/error.ts'
import type { DocumentChange, Settled } from '../../port/store.ts'
import type { Documents } from './private-documents.ts'
import type { TokenRecord } from './record.ts'
import type { Seal } from './seal.ts'

/** Who may ask the token endpoint: one holder at a time, or nobody for a while after a failure. Ends by the store's own clock. */
export type Turn = { readonly version: number } & (
  | { readonly holder: string }
  | { readonly pausedMs: number; readonly untilMs: number; readonly failures: number; readonly why: string }
)

export interface Seen {
  readonly record: TokenRecord | undefined
  /** Of the record's document, 0 when there is none. */
  readonly version: number
  readonly turn: Turn | undefined
}

/** The two documents of one credential: its record, sealed, and whose turn it is. */
export interface Shelf {
  read(): Promise<Seen>
  /** Takes the turn that nobody has. */
  take(holder: string, forMs: number): Promise<boolean>
  /** Replaces the record and gives back the turn, in one write. `stale`: somebody else has replaced it. */
  keep(record: TokenRecord, seen: Seen): Promise<Settled>
  /** Gives back the turn, or ends a pause. */
  release(seen: Seen): Promise<void>
  /** Puts a pause in place of the turn. */
  pause(seen: Seen, pause: { untilMs: number; pausedMs: number; failures: number; why: string }): Promise<void>
}

export function shelfOf(name: string, documents: Documents, seal: Seal): Shelf {
  const key = `token:${name}`
  const turnKey = `token-turn:${name}`

  /** Ended, not deleted: its version goes on growing, so that a worker that slept cannot give back the turn of another. */
  const giveBack = ({ turn }: Seen): DocumentChange[] =>
    turn === undefined ? [] : [{ key: turnKey, expected: turn.version, body: '{}', expiresInMs: 0 }]

  async function opened(body: string): Promise<TokenRecord> {
    const text = await seal.open(body)
    const found = text === undefined ? undefined : (JSON.parse(text) as { of: string; record: TokenRecord })
    if (found?.of === name) return found.record
    throw new TielineError(
      'CONFIG_INVALID',
      `token ${name}: TIELINE_TOKEN_KEY does not open what is stored; add the key that it was stored with`,
      {
        disposition: 'retry',
      },
    )
  }

  return {
    read: async () => {
      const found = await documents.read([key, turnKey])
      const kept = found.find((one) => one.key === key)
      const turn = found.find((one) => one.key === turnKey)
      return {
        record: kept && (await opened(kept.body)),
        version: kept?.version ?? 0,
        turn: turn && ({ ...(JSON.parse(turn.body) as object), version: turn.version } as Turn),
      }
    },
    take: async (holder, expiresInMs) => {
      const body = JSON.stringify({ holder })
      return (await documents.write([{ key: turnKey, expected: 0, body, expiresInMs }]))[0] === 'ok'
    },
    keep: async (record, seen) => {
      const body = await seal.seal(JSON.stringify({ of: name, record }))
      return (await documents.write([{ key, expected: seen.version, body }, ...giveBack(seen)]))[0] ?? 'stale'
    },
    release: async (seen) => {
      const changes = giveBack(seen)
      if (changes.length > 0) await documents.write(changes)
    },
    pause: async (seen, pause) => {
      const expected = seen.turn?.version ?? 0
      await documents.write([{ key: turnKey, expected, body: JSON.stringify(pause), expiresInMs: pause.pausedMs }])
    },
  }
}
