import { inSchema, type Statement } from './line.ts'
import { APPEND_CLASS, APPEND_MASK, BLOCK, NOW, TODAY } from './migrations.ts'

/** Every statement of the hot paths, for one schema. */
export interface Statements {
  readonly append: readonly [Statement, Statement]
  readonly settle: Statement
  readonly fence: Statement
  readonly sameGeneration: Statement
  readonly unwait: Statement
  readonly wait: Statement
  readonly crashed: Statement
  readonly bury: Statement
  readonly trail: Statement
  readonly journalled: Statement
  readonly fresh: Statement
  readonly page: Statement
  readonly tenants: Statement
  readonly ofTenants: Statement
  readonly lane: Statement
  readonly bodies: Statement
  readonly olderBodies: Statement
  readonly journal: Statement
  readonly hold: Statement
  readonly hands: Statement
}

const COLUMNS = `t.id, t.lane, t.flow, t.tenant, w.attempt, w.crashes, w.replays, w.journal, w.why, greatest(0, w.due - ${NOW}) AS pause`
const MINE = 't.flow = ANY($1::int[]) AND t.shard = ANY($2::smallint[])'

export function statements(schema: string): Statements {
  const named = (name: string, text: string): Statement => ({
    name: `tl_${name}`,
    text: inSchema(text, schema),
  })
  return {
    append: [named('append_0', append(0)), named('append_1', append(1))],
    /** $1 worker $2 slot $3 id[] $4 state[] $5 attempt[] $6 crashes[] $7 replays[] $8 why[] */
    settle: named(
      'settle',
      `WITH f AS MATERIALIZED (SELECT id FROM S.worker WHERE id = $1 FOR KEY SHARE),
 d AS (DELETE FROM S.todo t USING f, unnest($3::bigint[], $4::smallint[], $5::int[], $6::int[], $7::int[], $8::text[])
   AS x(id, state, attempt, crashes, replays, why) WHERE t.id = x.id
   RETURNING t.id, t.msg, t.day, t.lane, t.flow, x.state, x.attempt, x.crashes, x.replays, x.why),
 n AS MATERIALIZED (SELECT ${NOW} AS now),
 o AS (INSERT INTO S.done(id, day, msg, msg_day, lane, flow, state, at, attempt, crashes, replays, why)
   SELECT d.id, ${TODAY}, d.msg, d.day, d.lane, d.flow, d.state, n.now, d.attempt, d.crashes, d.replays, d.why FROM d, n),
 c AS (INSERT INTO S.tally AS y (worker, slot, flow, pending, delivered, skipped)
   SELECT $1::int, $2::smallint, flow, -count(*), 0, 0 FROM d GROUP BY flow
   UNION ALL SELECT $1, $2, 0, 0, count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2) FROM d ORDER BY 3
   ON CONFLICT (worker, slot, flow) DO UPDATE SET pending = y.pending + excluded.pending, delivered = y.delivered + excluded.delivered,
     skipped = y.skipped + excluded.skipped)
 SELECT (SELECT count(*)::int FROM f) AS alive, (SELECT count(*)::int FROM d) AS settled`,
    ),
    fence: named('fence', 'SELECT S.fence($1)'),
    sameGeneration: named('same_generation', 'SELECT S.same_generation($1)'),
    unwait: named('unwait', 'DELETE FROM S.wait WHERE id = ANY($1::bigint[])'),
    /** $1 id[] $2 attempt[] $3 crashes[] $4 replays[] $5 journal[] $6 pause ms[] (0: none) $7 why[] $8 fault[] */
    wait: named(
      'wait',
      `INSERT INTO S.wait AS y (id, attempt, crashes, replays, journal, due, why, fault)
 SELECT x.id, x.attempt, x.crashes, x.replays, x.journal, CASE WHEN x.pause > 0 THEN ${NOW} + x.pause ELSE 0 END, x.why, x.fault
 FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::int[], $6::bigint[], $7::text[], $8::text[])
   AS x(id, attempt, crashes, replays, journal, pause, why, fault)
 ON CONFLICT (id) DO UPDATE SET attempt = excluded.attempt, crashes = excluded.crashes, replays = excluded.replays,
   journal = excluded.journal, due = excluded.due, why = excluded.why, fault = coalesce(excluded.fault, y.fault)`,
    ),
    /** Leases that ended without a settle. $1 id[] */
    crashed: named(
      'crashed',
      `INSERT INTO S.wait AS y (id, attempt, crashes, replays, journal, due)
 SELECT t.id, 0, 1, 0, 0, 0 FROM unnest($1::bigint[]) AS x(id) JOIN S.todo t ON t.id = x.id
 ON CONFLICT (id) DO UPDATE SET crashes = y.crashes + 1, due = 0`,
    ),
    /** $1 worker $2 slot $3 id[] $4 hold[] (0, 1) $5 attempt[] $6 crashes[] $7 replays[] $8 journal[] $9 why[] $10 fault[] */
    bury: named(
      'bury',
      `WITH d AS (DELETE FROM S.todo t USING unnest($3::bigint[], $4::smallint[], $5::int[], $6::int[], $7::int[], $8::int[], $9::text[],
   $10::text[]) AS x(id, hold, attempt, crashes, replays, journal, why, fault) WHERE t.id = x.id
   RETURNING t.id, t.msg, t.day, t.lane, t.flow, t.shard, t.tenant, x.hold, x.attempt, x.crashes, x.replays, x.journal, x.why, x.fault),
 b AS (INSERT INTO S.dead(id, msg, lane, flow, shard, tenant, state, hold, at, attempt, crashes, replays, journal, why, fault, works, accepted, source,
     head, body, edited)
   SELECT d.id, d.msg, d.lane, d.flow, d.shard, d.tenant, 4, d.hold = 1, ${NOW}, d.attempt, d.crashes, d.replays, d.journal, d.why, d.fault, m.works,
     m.at, m.source, m.head, coalesce(w.body, m.body), w.body IS NOT NULL
   FROM d JOIN S.msg m ON m.id = d.msg AND m.day = d.day LEFT JOIN S.wait w ON w.id = d.id),
 c AS (INSERT INTO S.tally AS y (worker, slot, flow, pending, dead)
   SELECT $1::int, $2::smallint, flow, -count(*), 0 FROM d GROUP BY flow UNION ALL SELECT $1, $2, 0, 0, count(*) FROM d ORDER BY 3
   ON CONFLICT (worker, slot, flow) DO UPDATE SET pending = y.pending + excluded.pending, dead = y.dead + excluded.dead)
 SELECT id FROM d`,
    ),
    /** $1 work[] $2 position[] (-1: none) $3 entry[]: JSON, to which the instant is added */
    trail: named(
      'trail',
      `INSERT INTO S.trail(work, position, entry)
 SELECT x.work, nullif(x.position, -1), '{"atMs":' || ${NOW} || ',' || substr(x.entry, 2)
 FROM unnest($1::bigint[], $2::int[], $3::text[]) WITH ORDINALITY AS x(work, position, entry, n) ORDER BY x.n`,
    ),
    /** $1 id[] $2 attempt[] $3 crashes[] $4 replays[] $5 journal[] */
    journalled: named(
      'journalled',
      `INSERT INTO S.wait(id, attempt, crashes, replays, journal, due)
 SELECT id, attempt, crashes, replays, journal, 0 FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::int[])
   AS x(id, attempt, crashes, replays, journal)
 ON CONFLICT (id) DO UPDATE SET journal = excluded.journal`,
    ),
    /**
     * New work. $1 flow[] $2 shard[] $3 floor $4 wide $5 limit. The first row says up to which id everything is seen (`bound`) and which id was
     * drawn last (`top`); the others are work above the floor, up to the bound or, when wide, up to the top.
     */
    fresh: named('fresh', 'SELECT * FROM S.fresh_of_tenants($1, $2, $3, $4, $5)'),
    /** Of nobody's work. $1 flow[] $2 shard[] $3 from $4 below $5 limit */
    page: named(
      'page',
      `SELECT ${COLUMNS} FROM S.todo t LEFT JOIN S.wait w ON w.id = t.id
 WHERE t.id >= $3 AND t.id < $4 AND t.tenant = 0 AND ${MINE} ORDER BY t.id LIMIT $5`,
    ),
    /** Who has work, from one entry of the index to the next one that differs, however much lies between. $1 flow[] */
    tenants: named(
      'tenants',
      `SELECT f.flow, t.tenant FROM unnest($1::int[]) AS f(flow) CROSS JOIN LATERAL (
 WITH RECURSIVE has(tenant) AS (SELECT min(tenant) FROM S.todo WHERE flow = f.flow AND tenant > 0 UNION ALL
   SELECT (SELECT min(tenant) FROM S.todo WHERE flow = f.flow AND tenant > has.tenant AND tenant > 0) FROM has WHERE has.tenant IS NOT NULL)
 SELECT tenant FROM has WHERE tenant IS NOT NULL) t`,
    ),
    /** The next rows of each. $1 shard[] $2 flow[] $3 tenant[] $4 from[] $5 below $6 limit of each */
    ofTenants: named(
      'of_tenants',
      `SELECT x.n, r.* FROM unnest($2::int[], $3::int[], $4::bigint[]) WITH ORDINALITY AS x(flow, tenant, low, n) CROSS JOIN LATERAL (
 SELECT ${COLUMNS} FROM S.todo t LEFT JOIN S.wait w ON w.id = t.id WHERE t.flow = x.flow AND t.tenant = x.tenant AND t.tenant > 0 AND t.id >= x.low
   AND t.id < $5 AND t.shard = ANY($1::smallint[]) ORDER BY t.id LIMIT $6) r ORDER BY r.id`,
    ),
    /** $1 lane $2 from $3 below $4 limit */
    lane: named(
      'lane',
      `SELECT ${COLUMNS} FROM S.todo t LEFT JOIN S.wait w ON w.id = t.id
 WHERE t.id >= $2 AND t.id < $3 AND t.lane = $1 ORDER BY t.id LIMIT $4`,
    ),
    /** Of messages of today, whose partition is then known before the first row. $1 id[] */
    bodies: named('bodies', bodies(TODAY)),
    /** Of any day. $1 id[] */
    olderBodies: named('older_bodies', bodies('t.day')),
    journal: named(
      'journal',
      'SELECT work, position, entry FROM S.trail WHERE work = ANY($1::bigint[]) AND position IS NOT NULL ORDER BY n',
    ),
    /**
     * Notes what is handed out. Waits for an operator's hand that has locked the row, and then knows of it. $1 worker $2 n $3 ids: a new `n` now
     * and then, because old versions of one row make a chain that each look at it walks along. $4 version: two connections write, and what was
     * put together later stays.
     */
    hold: named(
      'hold',
      `WITH w AS MATERIALIZED (SELECT id, hands FROM S.worker WHERE id = $1 FOR SHARE),
 i AS (INSERT INTO S.inflight AS y (worker, n, ids, version) SELECT id, $2, $3, $4 FROM w
   ON CONFLICT (worker, n) DO UPDATE SET ids = excluded.ids, version = excluded.version WHERE y.version < excluded.version),
 d AS (DELETE FROM S.inflight WHERE worker = $1 AND n < $2)
 SELECT hands FROM w`,
    ),
    /** $1 worker $2 after */
    hands: named(
      'hands',
      'SELECT n, work, lane, flow, tenant, gone, replays, journal, was_held FROM S.hand WHERE worker = $1 AND n > $2 ORDER BY n',
    ),
  }
}

/** Bodies as text where they are text: it comes twice as fast as bytes do. */
function bodies(day: string): string {
  return `SELECT t.id, t.msg, m.source, m.head, m.at, CASE WHEN m.utf8 AND w.body IS NULL THEN convert_from(m.body, 'UTF8') END AS text,
   CASE WHEN w.body IS NOT NULL THEN w.body WHEN NOT m.utf8 THEN m.body END AS body
 FROM unnest($1::bigint[]) AS x(id) JOIN S.todo t ON t.id = x.id JOIN S.msg m ON m.id = t.msg AND m.day = ${day} LEFT JOIN S.wait w ON w.id = t.id
 WHERE t.day = ${day}`
}

/**
 * One batch of messages, all or none but the known ones. The ids are drawn inside the statement: what is acknowledged before another
 * batch begins has smaller ids.
 *
 * $1 worker $2 slot $3 generation $4 hash[] $5 offset[] (marks, sorted by hash) $6 offset[] $7 2 × works, + 1 for text[] $8 source[] $9 head[] $10 body[] (messages)
 * $11 offset[] $12 offset of the message[] $13 lane[] $14 shard[] $15 flow[] $16 pause ms[] (work)
 * $17 offset[] $18 offset of the message[] $19 lane[] $20 shard[] $21 flow[] $22 fault[] $23 works[] $24 source[] $25 head[] $26 body[] (quarantine)
 * $27 tenant[] of the work $28 tenant[] of the quarantine
 */
function append(generation: 0 | 1): string {
  const fresh = (offset: string): string => `(f.n = cardinality($4::uuid[]) OR b.base + ${offset} = ANY(f.ids))`
  return `WITH g AS MATERIALIZED (SELECT n FROM S.generation WHERE n = $3 FOR SHARE),
 x AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${APPEND_CLASS}, ((q.last_value / ${BLOCK}) & ${APPEND_MASK})::int) AS locked
   FROM g, S.work_id q),
 b AS MATERIALIZED (SELECT nextval('S.work_id') AS base, ${NOW} AS now FROM x WHERE locked IS NOT NULL),
 k AS (INSERT INTO S.mark_${generation}(h, id) SELECT u.h, b.base + u.o FROM b, unnest($4::uuid[], $5::int[]) AS u(h, o)
   WHERE ($3 = 0 OR (SELECT 1 FROM S.mark_${1 - generation} p WHERE p.h = u.h) IS NULL) ON CONFLICT (h) DO NOTHING RETURNING id),
 f AS MATERIALIZED (SELECT count(*)::int AS n, array_agg(id) AS ids FROM k),
 m AS (INSERT INTO S.msg(id, day, works, at, source, head, utf8, body) SELECT b.base + u.o, ${TODAY}, u.works / 2, b.now, u.source, u.head, u.works % 2 = 1, u.body
   FROM b, f, unnest($6::int[], $7::smallint[], $8::int[], $9::text[], $10::bytea[]) AS u(o, works, source, head, body) WHERE ${fresh('u.o')}
   RETURNING id, day, works),
 t AS (INSERT INTO S.todo(id, msg, lane, day, flow, shard, tenant) SELECT b.base + u.o, b.base + u.m, u.lane, ${TODAY}, u.flow, u.shard, u.tenant
   FROM b, f, unnest($11::int[], $12::int[], $13::bigint[], $14::smallint[], $15::int[], $27::int[]) AS u(o, m, lane, shard, flow, tenant) WHERE ${fresh('u.m')}
   RETURNING flow),
 w AS (INSERT INTO S.wait(id, attempt, crashes, replays, journal, due) SELECT b.base + u.o, 0, 0, 0, 0, b.now + u.pause
   FROM b, f, unnest($11::int[], $12::int[], $16::bigint[]) AS u(o, m, pause) WHERE u.pause > 0 AND ${fresh('u.m')}),
 s AS (INSERT INTO S.done(id, day, msg, msg_day, lane, flow, state, at, attempt, crashes, replays, why)
   SELECT m.id, m.day, m.id, m.day, 0, 0, 2, b.now, 0, 0, 0, '"no flow takes this type"' FROM m, b WHERE m.works = 0 RETURNING 1),
 q AS (INSERT INTO S.dead(id, msg, lane, flow, shard, tenant, state, hold, at, attempt, crashes, replays, journal, fault, works, accepted, source, head,
     body, edited)
   SELECT b.base + u.o, b.base + u.m, u.lane, u.flow, u.shard, u.tenant, 5, false, b.now, 0, 0, 0, 0, u.fault, u.works, b.now, u.source, u.head, u.body, false
   FROM b, f, unnest($17::int[], $18::int[], $19::bigint[], $20::smallint[], $21::int[], $22::text[], $23::smallint[], $24::int[], $25::text[],
     $26::bytea[], $28::int[]) AS u(o, m, lane, shard, flow, fault, works, source, head, body, tenant) WHERE ${fresh('u.m')} RETURNING 1),
 c AS (INSERT INTO S.tally AS y (worker, slot, flow, pending, accepted, duplicates, skipped, quarantined)
   SELECT $1::int, $2::smallint, flow, count(*), 0, 0, 0, 0 FROM t GROUP BY flow
   UNION ALL SELECT $1, $2, 0, 0, (SELECT count(*) FROM m), cardinality($4::uuid[]) - f.n, (SELECT count(*) FROM s), (SELECT count(*) FROM q) FROM f
   ORDER BY 3
   ON CONFLICT (worker, slot, flow) DO UPDATE SET pending = y.pending + excluded.pending, accepted = y.accepted + excluded.accepted,
     duplicates = y.duplicates + excluded.duplicates, skipped = y.skipped + excluded.skipped, quarantined = y.quarantined + excluded.quarantined)
 SELECT b.base, b.now, CASE WHEN f.n < cardinality($4::uuid[]) THEN f.ids END AS fresh, f.n FROM b, f`
}
