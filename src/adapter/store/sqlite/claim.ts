import type { DatabaseSync } from 'node:sqlite'
import { type Held, hasMore, NO_NOTE } from '../../../engine/lanes/lane.ts'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import { TermsOf } from '../../../engine/lanes/terms.ts'
import type { Claimed, ClaimRequest, Delivery, JournalEntry, Message } from '../../../port/store.ts'
import type { Inflight } from './inflight.ts'
import type { Names } from './names.ts'
import type { Trail } from './trail.ts'
import type { Warm } from './warm.ts'

export interface ClaimParts {
  readonly db: DatabaseSync
  readonly lanes: Lanes
  readonly names: Names
  readonly warm: Warm
  readonly inflight: Inflight
  readonly trail: Trail
}

interface StoredWork {
  readonly flow: number
  readonly tenant: number
  readonly key: string
  readonly effect: string
  readonly at: number
  readonly source: number
  readonly ext: string
  readonly type: string
  readonly attrs: string | null
  readonly body: Uint8Array
}

const NO_JOURNAL: readonly JournalEntry[] = Object.freeze([])

/** Leases work: no commit, one small write beside the database, and a read for bodies that are no longer in memory. */
export function claiming(parts: ClaimParts): (at: Moment, request: ClaimRequest) => Claimed[] {
  const { lanes, names, warm, inflight, trail } = parts
  const name = (number: number): string => names.name(number)
  const terms = new TermsOf({ flow: name, tenant: name })
  const stored =
    parts.db.prepare(`SELECT t.flow, t.tenant, t.key, t.effect, m.at, m.source, m.ext, m.type, m.attrs, m.body
    FROM todo t JOIN msg m ON m.id = t.msg WHERE t.id = ?`)
  const edited = parts.db.prepare('SELECT body FROM wait WHERE id = ? AND body IS NOT NULL')

  function read(id: number): { message: Message; delivery: Delivery } {
    const row = stored.get(id) as StoredWork | undefined
    if (!row) throw new Error(`work ${id} is not in the log`)
    const attributes = row.attrs === null ? {} : (JSON.parse(row.attrs) as Record<string, string>)
    return {
      delivery: { flow: names.name(row.flow), tenant: names.name(row.tenant), key: row.key, effect: row.effect },
      message: Object.freeze({
        source: names.name(row.source),
        id: row.ext,
        type: row.type,
        attributes,
        body: row.body,
        acceptedAtMs: row.at,
      }),
    }
  }

  function claimed(held: Held): Claimed {
    const { message, delivery } = warm.take(held.id) ?? read(held.id)
    const noted = lanes.noted(held.id)
    const note = noted ? lanes.note(held.id) : NO_NOTE
    const body = noted ? (edited.get(held.id)?.['body'] as Uint8Array | undefined) : undefined
    return {
      lease: { id: String(held.id), owner: held.owner, token: held.token },
      message: body ? { ...message, body } : message,
      flow: delivery.flow,
      key: delivery.key,
      tenant: delivery.tenant ?? '',
      effect: delivery.effect,
      attempt: note.attempt,
      crashes: note.crashes,
      replays: note.replays,
      more: hasMore(held),
      journal: note.journal > 0 ? trail.journal(held.id) : NO_JOURNAL,
    }
  }

  return (at, request) => {
    const flows: number[] = []
    for (const flow of request.flows) {
      const number = names.known(flow)
      if (number !== undefined) flows.push(number)
    }
    const held = lanes.take(flows, request.owner, request.limit, at.mono + request.leaseMs, at.mono, terms.of(request))
    if (held.length === 0) return []
    for (const { id } of held) inflight.begin(id)
    inflight.write()
    return held.map(claimed)
  }
}
