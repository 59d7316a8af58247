import type { Outbox } from '../../port/outbox.ts'
import type { Query } from './transaction.ts'

/** So many bytes of bodies are held at once; a larger one comes alone. */
const TAKE_BYTES = 8_388_608

/** The outbox in a PostgreSQL schema, as the relay sees it. `query` runs one statement in a transaction of its own. */
export function outboxOf(schema: string, query: Query): Outbox {
  return Object.freeze({
    take: async (source, limit) => {
      const rows = await query(
        `SELECT seq::text AS position, id, type, attributes::text AS attributes, encode(body, 'hex') AS body FROM (
           SELECT *, sum(octet_length(body)) OVER (ORDER BY seq) AS bytes FROM (
             SELECT * FROM ${schema}.outbox WHERE source = $1 ORDER BY seq LIMIT $2::int) oldest) counted
         WHERE bytes <= ${TAKE_BYTES} OR bytes = octet_length(body) ORDER BY seq`,
        [source, String(limit)],
      )
      return rows.map(({ position, id, type, attributes, body }) => ({
        position: String(position),
        id: String(id),
        type: String(type),
        attributes: JSON.parse(String(attributes)),
        body: Buffer.from(String(body), 'hex'),
      }))
    },
    done: async (source, positions) => {
      // In one order, so that two relays that clear the same rows wait for each other and never in a circle.
      const sorted = positions.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
      await query(
        `DELETE FROM ${schema}.outbox WHERE source = $1 AND seq IN (
           SELECT seq FROM ${schema}.outbox WHERE source = $1 AND seq = ANY($2::bigint[]) ORDER BY seq FOR UPDATE)`,
        [source, `{${sorted.join(',')}}`],
      )
    },
    sources: async () => {
      // From one source to the next by the primary key: a long outbox is not read through.
      const rows = await query(
        `WITH RECURSIVE found AS (
           (SELECT source, at FROM ${schema}.outbox ORDER BY outbox.source, seq LIMIT 1)
           UNION ALL
           SELECT later.source, later.at FROM found CROSS JOIN LATERAL (
             SELECT o.source, o.at FROM ${schema}.outbox o WHERE o.source > found.source ORDER BY o.source, o.seq LIMIT 1) later)
         SELECT source, greatest(0, extract(epoch FROM clock_timestamp() - at) * 1000)::bigint::text AS oldest FROM found`,
        [],
      )
      return rows.map(({ source, oldest }) => ({ source: String(source), oldestMs: Number(oldest) }))
    },
  } satisfies Outbox)
}
