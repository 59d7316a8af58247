import { outboxTables } from '../../outbox/schema.ts'

/** Shards of a flow: the unit in which workers share its keys. */
export const SHARDS = 64
/** Ids drawn at once by one append; no append stores more pieces of work. */
export const BLOCK = 1024

/**
 * An append holds a shared lock of this class, on the block of ids that was drawn last before its own, from before it draws until it has committed.
 * So whoever finds no lock of a block at or below some id, and looks at the table only then, sees all that will ever be below it.
 */
export const APPEND_CLASS = "hashtext('appends of S.todo')"
export const APPEND_MASK = 2147483647

/** Statement-time of the database, milliseconds since 1970. */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'
/** The day of a partition, in UTC whatever the session says. */
export const TODAY = "(now() AT TIME ZONE 'UTC')::date"

/** Cleaned often, at leisure (`upkeep.ts` does it faster when it helps), and never cut at their end: that locks out everybody. */
const HOT = 'vacuum_truncate = off, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500'

/**
 * The tables, as numbered steps; `S` stands for the schema. A step that was released never changes.
 *
 * - `todo`: pending work only, narrow. Id order is lane order. `shard` follows from the lane. `tenant` is a name, 0 for nobody's; only work of a tenant is
 *   in the index by tenants.
 * - `msg`: messages, insert-only, a partition a day; `utf8`: the body is text without NUL; `head` is JSON of [id, type, attributes,
 *   [[flow, key, effect, tenant if any], …]]: whatever a person chose may hold a NUL, which only JSON can carry in a text.
 * - `wait`: only for pending work that failed, waits, crashed, was replayed or has a journal. `body` is an edited body.
 * - `done`: finished work, insert-only, a partition a day. `dead`: dead letters and quarantine, each with its own copy of its message.
 * - `trail`: what happened to a piece of work, saga steps included; those have a `position`.
 * - `worker`: the row is the fence: whoever has none settles nothing. `hands`: how often an operator has changed its shards' work (`hand` says
 *   what).
 * - `inflight`: what a worker has handed out, as written by `inflight.ts`.
 * - `shard`: who may hand out the work of a flow and shard.
 * - `mark_0`, `mark_1`: known (source, id), two generations; `generation` says which is written.
 * - `tally`: counters, one row per worker, connection and flow, so that no two transactions wait for one row; their sum counts.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE SEQUENCE S.work_id INCREMENT ${BLOCK} START ${BLOCK};
SELECT nextval('S.work_id');
CREATE SEQUENCE S.worker_id AS int;
CREATE TABLE S.name(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE S.msg(id bigint NOT NULL, day date NOT NULL, works smallint NOT NULL, at bigint NOT NULL, source int NOT NULL, head text NOT NULL,
  utf8 boolean NOT NULL DEFAULT false, body bytea NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE S.todo(id bigint PRIMARY KEY, msg bigint NOT NULL, lane bigint NOT NULL, day date NOT NULL, flow int NOT NULL,
  shard smallint NOT NULL) WITH (${HOT});
CREATE TABLE S.wait(id bigint PRIMARY KEY, attempt int NOT NULL, crashes int NOT NULL, replays int NOT NULL, journal int NOT NULL,
  due bigint NOT NULL, why text, fault text, body bytea) WITH (${HOT});
CREATE TABLE S.done(id bigint NOT NULL, day date NOT NULL, msg bigint NOT NULL, msg_day date NOT NULL, lane bigint NOT NULL, flow int NOT NULL,
  state smallint NOT NULL, at bigint NOT NULL, attempt int NOT NULL, crashes int NOT NULL, replays int NOT NULL, why text,
  PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE S.dead(id bigint PRIMARY KEY, msg bigint NOT NULL, lane bigint NOT NULL, flow int NOT NULL, shard smallint NOT NULL,
  state smallint NOT NULL, hold boolean NOT NULL, at bigint NOT NULL, attempt int NOT NULL, crashes int NOT NULL, replays int NOT NULL,
  journal int NOT NULL, why text, fault text NOT NULL, works smallint NOT NULL, accepted bigint NOT NULL, source int NOT NULL,
  head text NOT NULL, body bytea NOT NULL, edited boolean NOT NULL);
CREATE INDEX hold ON S.dead(flow, shard, id) WHERE hold;
CREATE TABLE S.trail(work bigint NOT NULL, n bigint GENERATED ALWAYS AS IDENTITY, position int, entry text NOT NULL, PRIMARY KEY (work, n));
CREATE TABLE S.doc(key text PRIMARY KEY, version bigint NOT NULL, body text NOT NULL, expires bigint) WITH (${HOT});
CREATE TABLE S.worker(id int PRIMARY KEY, host text NOT NULL, direct boolean NOT NULL, flows int[] NOT NULL DEFAULT '{}',
  hands bigint NOT NULL DEFAULT 0, lease_until timestamptz NOT NULL) WITH (fillfactor = 20, ${HOT});
CREATE TABLE S.inflight(worker int NOT NULL, n int NOT NULL, ids bytea NOT NULL, version bigint NOT NULL, PRIMARY KEY (worker, n)) WITH (fillfactor = 20, ${HOT});
CREATE TABLE S.shard(flow int NOT NULL, id smallint NOT NULL, owner int, epoch bigint NOT NULL DEFAULT 0, PRIMARY KEY (flow, id))
  WITH (fillfactor = 50);
CREATE TABLE S.hand(worker int NOT NULL, n bigint NOT NULL, work bigint NOT NULL, lane bigint NOT NULL, flow int NOT NULL, gone boolean NOT NULL,
  replays int NOT NULL, journal int NOT NULL, was_held boolean NOT NULL, PRIMARY KEY (worker, n));
CREATE TABLE S.generation(n int NOT NULL, since bigint NOT NULL) WITH (fillfactor = 20);
INSERT INTO S.generation VALUES (0, 0);
CREATE TABLE S.mark_0(h uuid PRIMARY KEY, id bigint NOT NULL);
CREATE TABLE S.mark_1(h uuid PRIMARY KEY, id bigint NOT NULL);
CREATE TABLE S.tally(worker int NOT NULL, slot smallint NOT NULL, flow int NOT NULL, accepted bigint NOT NULL DEFAULT 0,
  duplicates bigint NOT NULL DEFAULT 0, delivered bigint NOT NULL DEFAULT 0, skipped bigint NOT NULL DEFAULT 0,
  discarded bigint NOT NULL DEFAULT 0, dead bigint NOT NULL DEFAULT 0, quarantined bigint NOT NULL DEFAULT 0,
  pending bigint NOT NULL DEFAULT 0, PRIMARY KEY (worker, slot, flow)) WITH (fillfactor = 20, ${HOT});
CREATE FUNCTION S.fence(me int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM S.worker WHERE id = me FOR KEY SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'this worker has been replaced' USING ERRCODE = 'TL001'; END IF;
END $$;
CREATE FUNCTION S.same_generation(expected int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM S.generation WHERE n = expected FOR SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'the table of known messages has changed' USING ERRCODE = 'TL002'; END IF;
END $$;
CREATE FUNCTION S.fresh(flows int[], shards smallint[], floor bigint, wide boolean, most int)
RETURNS TABLE(bound bigint, top bigint, id bigint, lane bigint, flow int, attempt int, crashes int, replays int, journal int, why text,
  pause bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE drawn bigint; behind bigint; low bigint; high bigint;
BEGIN
  SELECT last_value / ${BLOCK} INTO drawn FROM S.work_id;
  SELECT max(d) INTO behind FROM (SELECT (drawn - l.objid::bigint) & ${APPEND_MASK} AS d FROM pg_locks l WHERE l.locktype = 'advisory'
    AND l.classid = (${APPEND_CLASS}::bigint & 4294967295)::oid AND l.objsubid = 2
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) x WHERE d < 1073741824;
  high := drawn * ${BLOCK} + ${BLOCK - 1};
  low := high - coalesce(behind, 0) * ${BLOCK};
  RETURN QUERY SELECT low, high, NULL::bigint, NULL::bigint, NULL::int, NULL::int, NULL::int, NULL::int, NULL::int, NULL::text, NULL::bigint;
  RETURN QUERY SELECT NULL::bigint, NULL::bigint, t.id, t.lane, t.flow, w.attempt, w.crashes, w.replays, w.journal, w.why,
    greatest(0, w.due - ${NOW}) FROM S.todo t LEFT JOIN S.wait w ON w.id = t.id
    WHERE t.id > floor AND t.id <= CASE WHEN wide THEN high ELSE low END AND t.flow = ANY(flows) AND t.shard = ANY(shards)
    ORDER BY t.id LIMIT most;
END $$;
CREATE FUNCTION S.ensure_days() RETURNS void LANGUAGE plpgsql AS $$
DECLARE d date; t text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('days of S.msg'));
  FOR d IN SELECT ${TODAY} + g FROM generate_series(-1, 3) g LOOP
    FOREACH t IN ARRAY ARRAY['msg', 'done'] LOOP
      IF to_regclass(format('S.%I', t || to_char(d, '_YYYYMMDD'))) IS NULL THEN
        EXECUTE format('CREATE TABLE S.%I PARTITION OF S.%I FOR VALUES FROM (%L) TO (%L)', t || to_char(d, '_YYYYMMDD'), t, d, d + 1);
      END IF;
    END LOOP;
  END LOOP;
END $$;
SELECT S.ensure_days();
`,
  outboxTables('S'),
  `
ALTER TABLE S.todo ADD COLUMN tenant int NOT NULL DEFAULT 0;
ALTER TABLE S.dead ADD COLUMN tenant int NOT NULL DEFAULT 0;
ALTER TABLE S.hand ADD COLUMN tenant int NOT NULL DEFAULT 0;
CREATE INDEX tenant ON S.todo(flow, tenant, id) WHERE tenant > 0;
CREATE FUNCTION S.fresh_of_tenants(flows int[], shards smallint[], floor bigint, wide boolean, most int)
RETURNS TABLE(bound bigint, top bigint, id bigint, lane bigint, flow int, tenant int, attempt int, crashes int, replays int, journal int, why text,
  pause bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE drawn bigint; behind bigint; low bigint; high bigint;
BEGIN
  SELECT last_value / ${BLOCK} INTO drawn FROM S.work_id;
  SELECT max(d) INTO behind FROM (SELECT (drawn - l.objid::bigint) & ${APPEND_MASK} AS d FROM pg_locks l WHERE l.locktype = 'advisory'
    AND l.classid = (${APPEND_CLASS}::bigint & 4294967295)::oid AND l.objsubid = 2
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) x WHERE d < 1073741824;
  high := drawn * ${BLOCK} + ${BLOCK - 1};
  low := high - coalesce(behind, 0) * ${BLOCK};
  RETURN QUERY SELECT low, high, NULL::bigint, NULL::bigint, NULL::int, NULL::int, NULL::int, NULL::int, NULL::int, NULL::int, NULL::text,
    NULL::bigint;
  RETURN QUERY SELECT NULL::bigint, NULL::bigint, t.id, t.lane, t.flow, t.tenant, w.attempt, w.crashes, w.replays, w.journal, w.why,
    greatest(0, w.due - ${NOW}) FROM S.todo t LEFT JOIN S.wait w ON w.id = t.id
    WHERE t.id > floor AND t.id <= CASE WHEN wide THEN high ELSE low END AND t.flow = ANY(flows) AND t.shard = ANY(shards)
    ORDER BY t.id LIMIT most;
END $$;
`,
]
