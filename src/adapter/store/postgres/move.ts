import { fingerprint } from '../../../core/fault.ts'
import type { Move } from '../../../port/store.ts'
import { decodeIds } from './inflight.ts'
import type { Ask, Line } from './line.ts'
import { NOW, TODAY } from './migrations.ts'

export interface MovesParts {
  readonly line: Line
  readonly worker: () => number
}

/** The counters that an operator's hand changes are rows of their own. */
const SLOT = 3

/**
 * The operator's hand: replay, discard, bury. It may come from any process. What a worker has handed out it leaves alone; what a worker keeps in
 * memory it changes in the tables and says so in `hand`, under the lock of that worker's row, so that the worker learns of it before its next claim.
 */
export class Moves {
  readonly #parts: MovesParts
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: MovesParts) {
    this.#parts = parts
  }

  /** One after the other: each is a transaction that depends on what it reads. */
  move(moves: readonly Move[]): Promise<string[]> {
    const mine = this.#last.then(async () => {
      const moved: string[] = []
      for (const move of moves) {
        const id = Number(move.work)
        if (!Number.isSafeInteger(id)) continue
        if (await this.#parts.line.exclusive((ask) => this.#one(ask, id, move))) moved.push(move.work)
      }
      return moved
    })
    this.#last = mine.catch(() => undefined)
    return mine
  }

  async #one(ask: Ask, id: number, move: Move): Promise<boolean> {
    const pending = (await ask('SELECT lane, flow, shard, tenant FROM S.todo WHERE id = $1', [id])).rows[0]
    const dead = pending ?? (await ask('SELECT lane, flow, shard, tenant FROM S.dead WHERE id = $1', [id])).rows[0]
    if (!dead) return false
    const owner = await this.#owner(ask, dead.flow, dead.shard, id)
    if (owner === 'busy') return false
    const told = pending ? await this.#pending(ask, id, move) : await this.#dead(ask, id, move)
    if (!told) return false
    if (owner !== undefined) {
      await ask(
        `WITH w AS (UPDATE S.worker SET hands = hands + 1 WHERE id = $1 RETURNING hands)
          INSERT INTO S.hand(worker, n, work, lane, flow, gone, replays, journal, was_held, tenant)
          SELECT $1, hands, $2, $3, $4, $5, $6, $7, $8, $9 FROM w`,
        [owner, id, dead.lane, dead.flow, told.gone, told.replays, told.journal, told.wasHeld, dead.tenant],
      )
    }
    return true
  }

  /** Locks the worker that has this shard in memory. `busy`: it works on this very piece. */
  async #owner(ask: Ask, flow: number, shard: number, id: number): Promise<number | 'busy' | undefined> {
    const row = (await ask('SELECT owner FROM S.shard WHERE flow = $1 AND id = $2 FOR SHARE', [flow, shard])).rows[0]
    if (!row?.owner) return undefined
    const worker = (await ask('SELECT id FROM S.worker WHERE id = $1 FOR NO KEY UPDATE', [row.owner])).rows[0]
    if (!worker) return undefined
    const held = await ask('SELECT ids FROM S.inflight WHERE worker = $1', [row.owner])
    const busy = held.rows.some(({ ids }) => decodeIds(ids).includes(id))
    // What has been finished stays in the row for a while, but then it is not pending.
    return busy && (await ask('SELECT 1 FROM S.todo WHERE id = $1', [id])).rows.length > 0 ? 'busy' : row.owner
  }

  async #pending(ask: Ask, id: number, move: Move) {
    if (move.to === 'ready') return undefined
    const why = JSON.stringify(move.why)
    const fault = { code: 'BURIED', message: move.why, retryable: false, fingerprint: fingerprint('BURIED', move.why) }
    const { rows } =
      move.to === 'discard'
        ? await ask(
            `WITH d AS (DELETE FROM S.todo WHERE id = $1 RETURNING *)
              INSERT INTO S.done(id, day, msg, msg_day, lane, flow, state, at, attempt, crashes, replays, why)
              SELECT d.id, ${TODAY}, d.msg, d.day, d.lane, d.flow, 3, ${NOW}, coalesce(w.attempt, 0), coalesce(w.crashes, 0),
                coalesce(w.replays, 0), $2 FROM d LEFT JOIN S.wait w ON w.id = d.id RETURNING flow`,
            [id, why],
          )
        : await ask(
            `WITH d AS (DELETE FROM S.todo WHERE id = $1 RETURNING *)
              INSERT INTO S.dead(id, msg, lane, flow, shard, tenant, state, hold, at, attempt, crashes, replays, journal, why, fault, works, accepted,
                source, head, body, edited)
              SELECT d.id, d.msg, d.lane, d.flow, d.shard, d.tenant, 4, false, ${NOW}, coalesce(w.attempt, 0), coalesce(w.crashes, 0),
                coalesce(w.replays, 0), coalesce(w.journal, 0), $2, $3, m.works, m.at, m.source, m.head, coalesce(w.body, m.body),
                w.body IS NOT NULL
              FROM d JOIN S.msg m ON m.id = d.msg AND m.day = d.day LEFT JOIN S.wait w ON w.id = d.id RETURNING flow`,
            [id, why, JSON.stringify(fault)],
          )
    if (rows.length === 0) return undefined
    await ask('DELETE FROM S.wait WHERE id = $1', [id])
    await this.#trail(ask, id, move.to === 'discard' ? 'discard' : 'dead', move.why)
    await this.#count(ask, rows[0].flow, {
      pending: -1,
      discarded: move.to === 'discard' ? 1 : 0,
      dead: move.to === 'dead' ? 1 : 0,
    })
    return { gone: true, replays: 0, journal: 0, wasHeld: false }
  }

  async #dead(ask: Ask, id: number, move: Move) {
    if (move.to === 'dead') return undefined
    const letter = (await ask('SELECT flow, state, hold, replays, journal FROM S.dead WHERE id = $1 FOR UPDATE', [id]))
      .rows[0]
    if (!letter || (move.to === 'ready' && letter.flow === 0)) return undefined
    const counts = { [letter.state === 4 ? 'dead' : 'quarantined']: -1 }
    if (move.to === 'ready') {
      // A copy of the message of its own day: the old one may have been dropped.
      await ask(
        `INSERT INTO S.msg(id, day, works, at, source, head, body) SELECT msg, ${TODAY}, works, accepted, source, head, body FROM S.dead
          WHERE id = $1 ON CONFLICT DO NOTHING`,
        [id],
      )
      await ask(
        `INSERT INTO S.todo(id, msg, lane, day, flow, shard, tenant) SELECT id, msg, lane, ${TODAY}, flow, shard, tenant FROM S.dead WHERE id = $1`,
        [id],
      )
      // Its own body, where the message has another: it may be back from the edited letter of another flow.
      await ask(
        `INSERT INTO S.wait(id, attempt, crashes, replays, journal, due, body)
          SELECT d.id, 0, 0, d.replays + 1, d.journal, 0, coalesce($2::bytea, CASE WHEN d.edited OR d.body <> m.body THEN d.body END)
          FROM S.dead d JOIN S.msg m ON m.id = d.msg AND m.day = ${TODAY} WHERE d.id = $1`,
        [id, move.body === undefined ? null : Buffer.from(move.body)],
      )
      await this.#count(ask, letter.flow, { ...counts, pending: 1 })
    } else {
      await ask(
        `INSERT INTO S.msg(id, day, works, at, source, head, body) SELECT msg, ${TODAY}, works, accepted, source, head, body FROM S.dead
          WHERE id = $1 ON CONFLICT DO NOTHING`,
        [id],
      )
      await ask(
        `INSERT INTO S.done(id, day, msg, msg_day, lane, flow, state, at, attempt, crashes, replays, why)
          SELECT id, ${TODAY}, msg, ${TODAY}, lane, flow, 3, ${NOW}, attempt, crashes, replays, $2 FROM S.dead WHERE id = $1`,
        [id, JSON.stringify(move.why)],
      )
      await this.#count(ask, letter.flow, { ...counts, discarded: 1 })
    }
    await ask('DELETE FROM S.dead WHERE id = $1', [id])
    await this.#trail(ask, id, move.to === 'ready' ? 'replay' : 'discard', move.why)
    return { gone: move.to !== 'ready', replays: letter.replays + 1, journal: letter.journal, wasHeld: letter.hold }
  }

  async #trail(ask: Ask, id: number, what: string, why: string): Promise<void> {
    await ask(`INSERT INTO S.trail(work, entry) VALUES ($1, '{"atMs":' || ${NOW} || ',' || substr($2, 2))`, [
      id,
      JSON.stringify({ what, why }),
    ])
  }

  async #count(ask: Ask, flow: number, counts: Readonly<Record<string, number>>): Promise<void> {
    // The common row first, as every transaction does that counts.
    const ordered = Object.entries(counts).sort(([a], [b]) => Number(a === 'pending') - Number(b === 'pending'))
    for (const [column, by] of ordered) {
      await ask(
        `INSERT INTO S.tally AS y (worker, slot, flow, ${column}) VALUES ($1, ${SLOT}, $2, $3)
          ON CONFLICT (worker, slot, flow) DO UPDATE SET ${column} = y.${column} + excluded.${column}`,
        [this.#parts.worker(), column === 'pending' ? flow : 0, by],
      )
    }
  }
}
