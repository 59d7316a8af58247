import type { Generation } from './appends.ts'
import type { Line } from './line.ts'
import { NOW } from './migrations.ts'
import type { Settings } from './options.ts'
import { MERGE_TALLY } from './tally.ts'

export interface UpkeepParts {
  readonly settings: Settings
  readonly line: Line
  readonly generation: Generation
  readonly warn: (message: string) => void
}

/** Tables whose rows come and go. */
const HOT = ['todo', 'wait', 'worker', 'inflight', 'shard', 'tally', 'doc', 'generation', 'hand', 'outbox'] as const
/** A snapshot this old keeps the tables from being cleaned. */
const OLD_SNAPSHOT_S = 60
const LOCK = 'tieline upkeep'

/** What one process at a time does for all: partitions ahead, cleaning, the generations of known messages, and a look at who hinders it. */
export class Upkeep {
  readonly #parts: UpkeepParts
  #warned = ''

  constructor(parts: UpkeepParts) {
    this.#parts = parts
  }

  async run(): Promise<void> {
    const { line } = this.#parts
    // Leadership for longer than the pause between two turns, as a document: whoever is late finds it taken.
    const { rowCount } = await line.run(
      `INSERT INTO S.doc AS d VALUES ($1, 1, '"upkeep"', ${NOW} + 20000) ON CONFLICT (key) DO UPDATE SET version = d.version + 1,
        expires = excluded.expires WHERE d.expires <= ${NOW}`,
      [LOCK],
    )
    if (rowCount === 0) return
    await this.#parts.line.run('SELECT S.ensure_days()')
    // Rows that are written all the time begin anew: under an old snapshot their versions would make ever longer chains.
    const { rows } = await this.#parts.line.run('SELECT DISTINCT worker FROM S.tally WHERE worker > 0')
    if (rows.length > 0) await this.#parts.line.run(MERGE_TALLY, [rows.map((row) => row.worker)])
    await this.#rotate()
    // Under an old snapshot nothing can be cleaned: looking through it all would only slow the others down.
    if (await this.#snapshots()) return
    // Outside of any transaction, one table at a time; what is gone needs to be gone for the readers too.
    for (const table of HOT) await line.run(`VACUUM (SKIP_LOCKED) S.${table}`)
  }

  /** The older generation is emptied once the newer one has as many messages as must be known. */
  async #rotate(): Promise<void> {
    const { settings, line, generation } = this.#parts
    const [row] = (
      await this.#parts.line.run(
        'SELECT g.n, g.since, (SELECT coalesce(sum(accepted + quarantined), 0) FROM S.tally) AS taken FROM S.generation g',
      )
    ).rows
    if (row.taken - row.since < settings.dedupe) return
    await line
      .exclusive(async (ask) => {
        await ask("SET LOCAL lock_timeout = '1s'")
        // The table before the row: an append locks in the same order.
        await ask(`LOCK TABLE S.mark_${1 - (row.n & 1)} IN ACCESS EXCLUSIVE MODE`)
        const changed = await ask(`UPDATE S.generation SET n = n + 1, since = ${row.taken} WHERE n = ${row.n}`)
        if ((changed.rowCount ?? 0) > 0) await ask(`TRUNCATE S.mark_${1 - (row.n & 1)}`)
      })
      .catch(() => undefined) // somebody holds it: at the next turn
    await generation.read()
  }

  /** Names who keeps dead rows from being removed; true when somebody does. https://www.postgresql.org/docs/current/routine-vacuuming.html */
  async #snapshots(): Promise<boolean> {
    const { rows } = await this.#parts.line.run(
      `SELECT pid, coalesce(application_name, '') AS name, extract(epoch FROM clock_timestamp() - xact_start)::int AS age FROM pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND xact_start < clock_timestamp() - interval '${OLD_SNAPSHOT_S} s' AND datname = current_database()
          AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 3`,
    )
    const who = rows.map((row) => `pid ${row.pid} (${row.name || 'no name'})`).join(', ')
    if (who !== '' && who !== this.#warned) {
      const { warn, settings } = this.#parts
      warn(
        `schema ${settings.schema}: a transaction open for ${rows[0].age} s keeps finished rows from being removed: ${who}`,
      )
    }
    this.#warned = who
    return who !== ''
  }
}
