import type { DatabaseSync } from 'node:sqlite'
import type { Held, Note } from '../../../engine/lanes/lane.ts'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'
import type { Outcome, Settled } from '../../../port/store.ts'
import type { Job } from './commits.ts'
import type { Counter } from './counts.ts'
import type { Inflight } from './inflight.ts'
import type { Ledger } from './ledger.ts'
import { STATE } from './schema.ts'
import type { Trail } from './trail.ts'

export interface SettleParts {
  readonly db: DatabaseSync
  readonly lanes: Lanes
  readonly counter: Counter
  readonly ledger: Ledger
  readonly inflight: Inflight
  readonly trail: Trail
}

type Learn = (at: Moment) => void

/** Ends leases. The lanes learn of it after COMMIT, never before: a lane moves on only when its head's end is written. */
export function settling(parts: SettleParts): (outcomes: readonly Outcome[]) => Job<Settled[]> {
  const { lanes, counter, ledger, inflight, trail } = parts
  const statements = prepare(parts.db)

  function end(at: Moment, held: Held, outcome: Outcome): Learn {
    const note = lanes.note(held.id)
    const flow = held.lane.share.flow.flow
    if (outcome.as === 'retry' || outcome.as === 'wait') {
      const next =
        outcome.as === 'retry' ? { ...note, attempt: note.attempt + 1, why: undefined } : { ...note, why: outcome.why }
      const due = outcome.afterMs > 0 ? Math.ceil(at.now + outcome.afterMs) : 0
      const fault = outcome.as === 'retry' ? JSON.stringify(outcome.fault) : null
      statements.wait.run(held.id, next.attempt, next.crashes, next.replays, next.journal, due, next.why ?? null, fault)
      if (outcome.as === 'retry') trail.add(at, held.id, { what: 'retry', fault: outcome.fault })
      else if (note.why !== outcome.why) trail.add(at, held.id, { what: 'wait', why: outcome.why })
      return (now) => back(held, { ...next, due: outcome.afterMs > 0 ? now.mono + outcome.afterMs : 0 }, now)
    }
    if (outcome.as === 'dead') {
      const hold = outcome.lane === 'hold'
      statements.dead.run({
        id: held.id,
        state: STATE.dead,
        hold: hold ? 1 : 0,
        at: at.now,
        why: null,
        fault: JSON.stringify(outcome.fault),
        ...counters(note),
        attempt: note.attempt + 1,
      })
      trail.add(at, held.id, { what: 'dead', fault: outcome.fault })
      counter.now.dead++
      gone(held, flow)
      return (now) => {
        if (hold) lanes.hold(held.lane.id, held.id)
        over(held, now)
      }
    }
    const state = outcome.as === 'done' ? STATE.delivered : STATE.skipped
    const why = outcome.as === 'skip' ? outcome.why : null
    statements.done.run(state, at.now, note.attempt + 1, note.crashes, note.replays, why, held.id)
    counter.now[outcome.as === 'done' ? 'delivered' : 'skipped']++
    gone(held, flow)
    return (now) => over(held, now)
  }

  function gone(held: Held, flow: number): void {
    statements.gone.run(held.id)
    if (lanes.noted(held.id)) statements.unwait.run(held.id)
    counter.pending(flow, -1)
  }

  function over(held: Held, at: Moment): void {
    inflight.end(held.id)
    lanes.finish(held, at.mono)
  }

  function back(held: Held, note: Note, at: Moment): void {
    inflight.end(held.id)
    lanes.again(held, note, at.mono)
  }

  return (outcomes) => {
    let learn: Learn[] = []
    let ending: Held[] = []
    const emits = outcomes.some((outcome) => outcome.emit !== undefined && outcome.emit.length > 0)
    return {
      weight: outcomes.length,
      until: 'commit',
      sync: emits,
      write: (at) =>
        outcomes.map((outcome) => {
          const held = lanes.held(Number(outcome.lease.id), outcome.lease.owner, outcome.lease.token)
          if (!held) return 'stale'
          held.ending = true
          ending.push(held)
          for (const message of outcome.emit ?? []) ledger.take(at, message)
          learn.push(end(at, held, outcome))
          return 'ok'
        }),
      kept(at) {
        for (const one of learn) one(at)
        if (outcomes.some((outcome) => outcome.as === 'retry' || outcome.as === 'wait')) inflight.write()
      },
      lost() {
        for (const held of ending) held.ending = false
        learn = []
        ending = []
      },
    }
  }
}

function counters({ attempt, crashes, replays, journal }: Note): {
  attempt: number
  crashes: number
  replays: number
  journal: number
} {
  return { attempt, crashes, replays, journal }
}

function prepare(db: DatabaseSync) {
  return {
    wait: db.prepare(`INSERT INTO wait(id, attempt, crashes, replays, journal, due, why, fault) VALUES(?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT(id) DO UPDATE SET attempt = excluded.attempt, crashes = excluded.crashes, replays = excluded.replays,
        journal = excluded.journal, due = excluded.due, why = excluded.why, fault = coalesce(excluded.fault, fault)`),
    unwait: db.prepare('DELETE FROM wait WHERE id = ?'),
    gone: db.prepare('DELETE FROM todo WHERE id = ?'),
    done: db.prepare(`INSERT INTO done(id, msg, flow, tenant, key, effect, state, at, attempt, crashes, replays, why)
      SELECT id, msg, flow, tenant, key, effect, ?, ?, ?, ?, ?, ? FROM todo WHERE id = ?`),
    dead: db.prepare(BURY),
  }
}

/** A dead letter has its own copy of its message, edited body included. Used by the operator's hand too. */
export const BURY = `INSERT INTO dead(id, msg, lane, flow, tenant, key, effect, state, hold, at, attempt, crashes, replays, journal, why, fault,
    works, accepted, source, ext, type, attrs, body, edited)
  SELECT t.id, t.msg, t.lane, t.flow, t.tenant, t.key, t.effect, $state, $hold, $at, $attempt, $crashes, $replays, $journal, $why, $fault,
    m.works, m.at, m.source, m.ext, m.type, m.attrs, coalesce(w.body, m.body), w.body IS NOT NULL
  FROM todo t JOIN msg m ON m.id = t.msg LEFT JOIN wait w ON w.id = t.id WHERE t.id = $id`
