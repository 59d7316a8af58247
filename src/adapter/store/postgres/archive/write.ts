import { laneId } from '../../../../engine/lanes/lane-id.ts'
import { MARK } from '../../../../engine/move/mark.ts'
import type { ArchivedCounters, ArchivedDocument, ArchivedMessage, Mark } from '../../../../port/archive.ts'
import { shardOf } from '../batch.ts'
import { BLOCK } from '../migrations.ts'
import { rowsOf } from './arrange.ts'
import { days } from './days.ts'
import { insertsOf } from './insert.ts'
import type { Numbers } from './numbers.ts'
import type { Session } from './session.ts'

/** In place of one that has expired. */
const DOCUMENT = `INSERT INTO S.doc(key, version, body) VALUES ($1, $2, $3)
  ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body, expires = NULL`
const DAYS = ['msg', 'done'] as const

/** Writes what came from another store, as if it had been taken in here. */
export class Writing {
  readonly #session: Session
  readonly #numbers: Numbers
  readonly #made = new Set<string>()
  #generation: number | undefined

  constructor(session: Session, numbers: Numbers) {
    this.#session = session
    this.#numbers = numbers
  }

  async mark(mark: Mark): Promise<void> {
    await this.#session.transaction(() => this.#mark(mark))
  }

  async batch(messages: readonly ArchivedMessage[], mark: Mark): Promise<void> {
    await this.#numbers.know(names(messages))
    await this.#makeDays(messages)
    this.#generation ??= (await this.#session.ask('SELECT n FROM S.generation')).rows[0].n as number
    const rows = rowsOf(messages, {
      number: (name) => this.#numbers.number(name),
      lane: laneId,
      shard: shardOf,
    })
    await this.#session.transaction(async () => {
      for (const [text, values] of insertsOf(rows, this.#generation! & 1)) await this.#session.ask(text, values)
      await this.#mark(mark)
    })
  }

  async finish(documents: readonly ArchivedDocument[], counters: ArchivedCounters, mark: Mark): Promise<void> {
    const { ask } = this.#session
    await this.#session.transaction(async () => {
      for (const { key, version, body } of documents) await ask(DOCUMENT, [key, version, body])
      const { last, accepted, duplicates, delivered, skipped, discarded } = counters
      await ask(
        `INSERT INTO S.tally(worker, slot, flow, accepted, duplicates, delivered, skipped, discarded, dead, quarantined)
          SELECT 0, 0, 0, $1, $2, $3, $4, $5, count(*) FILTER (WHERE state = 4), count(*) FILTER (WHERE state = 5) FROM S.dead
          ON CONFLICT (worker, slot, flow) DO UPDATE SET accepted = excluded.accepted, duplicates = excluded.duplicates,
            delivered = excluded.delivered, skipped = excluded.skipped, discarded = excluded.discarded, dead = excluded.dead,
            quarantined = excluded.quarantined`,
        [accepted, duplicates, delivered, skipped, discarded],
      )
      await ask(`INSERT INTO S.tally(worker, slot, flow, pending) SELECT 0, 0, flow, count(*) FROM S.todo GROUP BY flow
        ON CONFLICT (worker, slot, flow) DO UPDATE SET pending = excluded.pending`)
      // The next block of ids begins above all that were given out.
      if (last > 0) await ask("SELECT setval('S.work_id', $1)", [Math.ceil(last / BLOCK) * BLOCK])
      await this.#mark(mark)
    })
  }

  async #mark(mark: Mark): Promise<void> {
    await this.#session.ask(
      `INSERT INTO S.doc AS d (key, version, body) VALUES ($1, 1, $2)
        ON CONFLICT (key) DO UPDATE SET version = d.version + 1, body = excluded.body, expires = NULL`,
      [MARK, JSON.stringify(mark)],
    )
  }

  /** Partitions for the days on which these messages were accepted and settled. */
  async #makeDays(messages: readonly ArchivedMessage[]): Promise<void> {
    for (const day of days(messages)) {
      if (this.#made.has(day)) continue
      for (const table of DAYS) {
        const name = `${table}_${day.replaceAll('-', '')}`
        await this.#session.ask(`CREATE TABLE IF NOT EXISTS S.${name} PARTITION OF S.${table}
          FOR VALUES FROM ('${day}') TO ('${day}'::date + 1)`)
      }
      this.#made.add(day)
    }
  }
}

function* names(messages: readonly ArchivedMessage[]): Iterable<string> {
  for (const { envelope, works } of messages) {
    if (envelope) yield envelope.source
    for (const { flow, tenant = '' } of works) {
      yield flow
      yield tenant
    }
  }
}
