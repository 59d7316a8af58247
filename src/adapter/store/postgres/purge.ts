import type { Line } from './line.ts'
import { BLOCK, NOW } from './migrations.ts'

const DAY_MS = 86_400_000

/**
 * Drops finished work. Whole days go as whole partitions, which costs nothing; only what is to be kept for less than a day is deleted row by row.
 * A day whose messages are still needed stays until they are not.
 */
export class Purge {
  readonly #line: Line
  readonly #schema: string

  constructor(line: Line, schema: string) {
    this.#line = line
    this.#schema = schema
  }

  async run(olderThanMs: number, limit: number): Promise<number> {
    const documents = await this.#line.run(
      `DELETE FROM S.doc WHERE key IN (SELECT key FROM S.doc WHERE expires <= ${NOW} - $1 LIMIT $2)`,
      [olderThanMs, limit],
    )
    const gone = documents.rowCount ?? 0
    if (olderThanMs < DAY_MS) return gone + (await this.#rows(olderThanMs, limit - gone))
    return gone + (await this.#days(olderThanMs))
  }

  async #rows(olderThanMs: number, limit: number): Promise<number> {
    const { rows } = await this.#line.run(
      `WITH d AS MATERIALIZED (SELECT id, day FROM S.done WHERE at <= ${NOW} - $1 ORDER BY id LIMIT $2)
        DELETE FROM S.done t USING d WHERE t.id = d.id AND t.day = d.day RETURNING t.id, t.msg, t.msg_day`,
      [olderThanMs, limit],
    )
    if (rows.length === 0) return 0
    await this.#line.run('DELETE FROM S.trail WHERE work = ANY($1::bigint[])', [rows.map((row) => row.id)])
    await this.#line.run(
      `DELETE FROM S.msg m USING unnest($1::bigint[], $2::date[]) AS x(id, day) WHERE m.id = x.id AND m.day = x.day
        AND NOT EXISTS (SELECT 1 FROM S.todo t WHERE t.id >= m.id AND t.id < m.id + greatest(1, m.works) AND t.msg = m.id)
        AND NOT EXISTS (SELECT 1 FROM S.done t WHERE t.id >= m.id AND t.id < m.id + greatest(1, m.works) AND t.msg = m.id)`,
      [rows.map((row) => row.msg), rows.map((row) => row.msg_day)],
    )
    return rows.length
  }

  async #days(olderThanMs: number): Promise<number> {
    const { rows } = await this.#line.run(
      `SELECT c.relname AS name, p.relname AS of, to_date(right(c.relname, 8), 'YYYYMMDD')::text AS day
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace
        WHERE n.nspname = $1 AND p.relname IN ('msg', 'done')
          AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= ((to_timestamp((${NOW} - $2) / 1000.0)) AT TIME ZONE 'UTC')::date ORDER BY 3, 2`,
      [this.#schema, olderThanMs],
    )
    let gone = 0
    for (const { name, of, day } of rows) {
      gone += await this.#line.exclusive(async (ask) => {
        await ask("SET LOCAL lock_timeout = '2s'")
        // Every process purges: whoever comes second finds nothing.
        await ask("SELECT pg_advisory_xact_lock(hashtext('days of S.msg'))")
        if ((await ask(`SELECT 1 WHERE to_regclass('S.${name}') IS NULL`)).rows.length > 0) return 0
        const { rows } = await ask(`SELECT count(*)::int AS n, max(id) AS last FROM S.${name}`)
        if (of === 'msg' && rows[0].last !== null) {
          // Not by the oldest pending work alone: what was replayed is old by its id and young by its day.
          const needed = await ask(`SELECT 1 FROM S.todo WHERE id < ${rows[0].last + BLOCK} AND day = '${day}' LIMIT 1`)
          if (needed.rows.length > 0) return 0
        }
        await ask(`DROP TABLE S.${name}`)
        if (of === 'msg' && rows[0].last !== null) {
          await ask(`DELETE FROM S.trail t WHERE t.work <= ${rows[0].last} AND NOT EXISTS (SELECT 1 FROM S.todo x WHERE x.id = t.work)
            AND NOT EXISTS (SELECT 1 FROM S.dead x WHERE x.id = t.work)`)
        }
        return of === 'done' ? rows[0].n : 0
      })
    }
    return gone
  }
}
