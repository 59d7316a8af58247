import type { DatabaseSync } from 'node:sqlite'
import { fingerprint } from '../../../core/fault.ts'
import { NO_NOTE } from '../../../engine/lanes/lane.ts'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import type { Move } from '../../../port/store.ts'
import type { Job } from './commits.ts'
import type { Counter } from './counts.ts'
import type { Inflight } from './inflight.ts'
import { STATE } from './schema.ts'
import { BURY } from './settle.ts'
import type { Trail } from './trail.ts'

export interface MoveParts {
  readonly db: DatabaseSync
  readonly lanes: Lanes
  readonly counter: Counter
  readonly inflight: Inflight
  readonly trail: Trail
}

interface Place {
  readonly lane: number
  readonly flow: number
}

interface DeadRow extends Place {
  readonly state: number
  readonly hold: number
  readonly replays: number
  readonly journal: number
  readonly tenant: number
}

/** The operator's hand: replay, discard, bury. */
export function moving(parts: MoveParts): (moves: readonly Move[]) => Job<string[]> {
  const { lanes, counter, inflight, trail } = parts
  const statements = prepare(parts.db)
  let learn: ((at: Moment) => void)[] = []

  function replay(at: Moment, id: number, dead: DeadRow, move: Move): boolean {
    if (dead.flow === 0) return false
    const note = { ...NO_NOTE, replays: dead.replays + 1, journal: dead.journal }
    statements.message.run(id)
    statements.todo.run(id)
    statements.wait.run(note.replays, move.body ?? null, id)
    statements.undead.run(id)
    trail.add(at, id, { what: 'replay', why: move.why })
    buried(dead, -1)
    counter.pending(dead.flow, 1)
    learn.push((now) => {
      lanes.unhold(dead.lane, id, now.mono)
      lanes.insert({ id, lane: dead.lane, flow: dead.flow, tenant: dead.tenant, note }, now.mono)
    })
    return true
  }

  function discardDead(at: Moment, id: number, dead: DeadRow, move: Move): boolean {
    statements.message.run(id)
    statements.discardDead.run(STATE.discarded, at.now, move.why, id)
    statements.undead.run(id)
    buried(dead, -1)
    counter.now.discarded++
    trail.add(at, id, { what: 'discard', why: move.why })
    learn.push((now) => lanes.unhold(dead.lane, id, now.mono))
    return true
  }

  function discardPending(at: Moment, id: number, place: Place, move: Move): boolean {
    const { attempt, crashes, replays } = counters(id)
    statements.discardTodo.run(STATE.discarded, at.now, attempt, crashes, replays, move.why, id)
    counter.now.discarded++
    trail.add(at, id, { what: 'discard', why: move.why })
    return leave(id, place)
  }

  function bury(at: Moment, id: number, place: Place, move: Move): boolean {
    const fault = { code: 'BURIED', message: move.why, retryable: false, fingerprint: fingerprint('BURIED', move.why) }
    statements.bury.run({
      id,
      state: STATE.dead,
      hold: 0,
      at: at.now,
      why: move.why,
      fault: JSON.stringify(fault),
      ...counters(id),
    })
    counter.now.dead++
    trail.add(at, id, { what: 'dead', why: move.why })
    return leave(id, place)
  }

  /** From the row, not from memory: the work may lie beyond the window. */
  function counters(id: number): { attempt: number; crashes: number; replays: number; journal: number } {
    const row = statements.counters.get(id) as
      | { attempt: number; crashes: number; replays: number; journal: number }
      | undefined
    return { attempt: 0, crashes: 0, replays: 0, journal: 0, ...row }
  }

  function leave(id: number, place: Place): boolean {
    statements.gone.run(id)
    statements.unwait.run(id)
    counter.pending(place.flow, -1)
    learn.push((now) => lanes.remove(id, place.lane, now.mono))
    return true
  }

  function buried(dead: DeadRow, by: number): void {
    counter.now[dead.state === STATE.dead ? 'dead' : 'quarantined'] += by
  }

  function moveOne(at: Moment, move: Move): boolean {
    const id = Number(move.work)
    if (!Number.isSafeInteger(id) || lanes.holder(id)) return false
    const dead = statements.dead.get(id) as DeadRow | undefined
    if (dead) {
      if (move.to === 'ready') return replay(at, id, dead, move)
      return move.to === 'discard' && discardDead(at, id, dead, move)
    }
    const place = statements.pending.get(id) as Place | undefined
    if (!place || move.to === 'ready') return false
    return move.to === 'discard' ? discardPending(at, id, place, move) : bury(at, id, place, move)
  }

  return (moves) => {
    let mine: typeof learn = []
    return {
      weight: moves.length,
      until: 'disk',
      write: (at) => {
        learn = []
        const moved = moves.filter((move) => moveOne(at, move)).map((move) => move.work)
        mine = learn
        return moved
      },
      kept(at) {
        for (const one of mine) one(at)
        inflight.write()
      },
      lost() {
        mine = []
      },
    }
  }
}

function prepare(db: DatabaseSync) {
  return {
    dead: db.prepare('SELECT lane, flow, tenant, state, hold, replays, journal FROM dead WHERE id = ?'),
    pending: db.prepare('SELECT lane, flow FROM todo WHERE id = ?'),
    counters: db.prepare('SELECT attempt, crashes, replays, journal FROM wait WHERE id = ?'),
    /** The message may have been purged, or never stored (quarantine): back from the letter's own copy. */
    message: db.prepare(`INSERT OR IGNORE INTO msg(id, works, at, source, ext, type, attrs, body)
      SELECT msg, works, accepted, source, ext, type, attrs, body FROM dead WHERE id = ?`),
    todo: db.prepare(`INSERT INTO todo(id, msg, lane, flow, tenant, key, effect)
      SELECT id, msg, lane, flow, tenant, key, effect FROM dead WHERE id = ?`),
    /** Its own body, where the message has another: it may be back from the edited letter of another flow. */
    wait: db.prepare(`INSERT INTO wait(id, attempt, crashes, replays, journal, due, body)
      SELECT d.id, 0, 0, ?, d.journal, 0, coalesce(?, iif(d.edited OR d.body <> m.body, d.body, NULL))
      FROM dead d JOIN msg m ON m.id = d.msg WHERE d.id = ?`),
    undead: db.prepare('DELETE FROM dead WHERE id = ?'),
    discardDead:
      db.prepare(`INSERT INTO done(id, msg, flow, tenant, key, effect, state, at, attempt, crashes, replays, why)
      SELECT id, msg, flow, tenant, key, effect, ?, ?, attempt, crashes, replays, ? FROM dead WHERE id = ?`),
    discardTodo:
      db.prepare(`INSERT INTO done(id, msg, flow, tenant, key, effect, state, at, attempt, crashes, replays, why)
      SELECT id, msg, flow, tenant, key, effect, ?, ?, ?, ?, ?, ? FROM todo WHERE id = ?`),
    gone: db.prepare('DELETE FROM todo WHERE id = ?'),
    unwait: db.prepare('DELETE FROM wait WHERE id = ?'),
    bury: db.prepare(BURY),
  }
}
