import { ATTRIBUTE_NAME, LIMITS, RESERVED_ATTRIBUTES } from './limits.ts'

/** Sets the locks of outbox keys apart from other advisory locks of the database. */
const LOCK_SEED = 7_003
const CONTROL = '[\\x01-\\x1f\\x7f]'
/** As Tieline reads a content type: `application/json`, `text/json`, `application/x+json`. */
const JSON_TYPE = '^\\s*[^/;]+/([^;]*\\+)?json\\s*(;|$)'
/** Rows come and go: the table is small and its dead rows are many. */
const HOT = 'autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0'
/** Callers need USAGE of the schema and no right on its tables. A fixed search path, as SECURITY DEFINER asks for. */
const FOR_CALLERS = 'SECURITY DEFINER SET search_path = pg_catalog, pg_temp'

/**
 * Tables and functions of outbox and inbox, repeatable. `schema` is an identifier as SQL wants it.
 *
 * Order: `publish` locks the key until the transaction ends, and draws `seq` under the lock. So of two messages of one key the first to
 * commit has the smaller number, and whoever sees the second sees the first. Numbers of different keys say nothing about their commits.
 */
export function outboxTables(schema: string): string {
  return `
CREATE TABLE IF NOT EXISTS ${schema}.outbox(source text NOT NULL, seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY, type text NOT NULL,
  id text NOT NULL, attributes jsonb NOT NULL, body bytea NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (source, seq)) WITH (${HOT});

CREATE OR REPLACE FUNCTION ${schema}.publish(source text, type text, body bytea, key text DEFAULT NULL, id text DEFAULT NULL,
  attributes jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql ${FOR_CALLERS} AS $$
DECLARE
  published timestamptz := clock_timestamp();
  wrong text;
BEGIN
  id := coalesce(id, gen_random_uuid()::text);
  key := nullif(key, '');
  attributes := coalesce(attributes, '{}');
  wrong := CASE
    WHEN source IS NULL OR source !~ '^[a-z0-9][a-z0-9._-]{0,62}$' THEN 'source: use 1 to 63 of a-z, 0-9, ., _ and -'
    WHEN type IS NULL OR type = '' OR length(type) > ${LIMITS.type} OR type ~ '${CONTROL}'
      THEN 'type: expected text of 1 to ${LIMITS.type} characters, no control characters'
    WHEN id = '' OR length(id) > ${LIMITS.id} OR id ~ '${CONTROL}'
      THEN 'id: expected text of 1 to ${LIMITS.id} characters, no control characters'
    WHEN length(key) > ${LIMITS.key} OR key ~ '${CONTROL}'
      THEN 'key: expected text of at most ${LIMITS.key} characters, no control characters'
    WHEN body IS NULL THEN 'body is missing'
    WHEN octet_length(body) > ${LIMITS.body} THEN format('body: %s bytes are more than ${LIMITS.body}', octet_length(body))
    WHEN jsonb_typeof(attributes) <> 'object' THEN 'attributes: expected an object of texts'
    ELSE (SELECT format('attributes: %s', CASE
        WHEN a.key !~ '${ATTRIBUTE_NAME}' THEN format('%L: names have only a-z and 0-9', left(a.key, 64))
        WHEN a.key IN (${RESERVED_ATTRIBUTES.map((name) => `'${name}'`).join(', ')}) THEN format('%s has a place of its own', a.key)
        ELSE format('%s: expected text of at most ${LIMITS.attribute} characters, no control characters', a.key) END)
      FROM jsonb_each(attributes) a
      WHERE a.key !~ '${ATTRIBUTE_NAME}' OR a.key IN (${RESERVED_ATTRIBUTES.map((name) => `'${name}'`).join(', ')})
        OR jsonb_typeof(a.value) <> 'string' OR length(a.value #>> '{}') > ${LIMITS.attribute} OR (a.value #>> '{}') ~ '${CONTROL}'
      LIMIT 1)
  END;
  IF wrong IS NOT NULL THEN RAISE EXCEPTION 'publish: %', wrong USING ERRCODE = 'invalid_parameter_value'; END IF;
  IF key IS NOT NULL THEN PERFORM pg_advisory_xact_lock(hashtextextended(source || E'\\n' || key, ${LOCK_SEED})); END IF;
  INSERT INTO ${schema}.outbox(source, type, id, attributes, body, at) VALUES (publish.source, publish.type, publish.id,
    jsonb_build_object('time', to_char(published AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      || CASE WHEN key IS NULL THEN '{}' ELSE jsonb_build_object('partitionkey', key) END || publish.attributes,
    publish.body, published);
  RETURN id;
END $$;

CREATE OR REPLACE FUNCTION ${schema}.publish(source text, type text, body text, key text DEFAULT NULL, id text DEFAULT NULL,
  attributes jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql ${FOR_CALLERS} AS $$
BEGIN
  IF coalesce(attributes ->> 'datacontenttype', 'application/json') ~* '${JSON_TYPE}' THEN
    BEGIN
      PERFORM body::json;
    EXCEPTION WHEN invalid_text_representation THEN
      RAISE EXCEPTION 'publish: body is not JSON; for other text say its type in attributes: datacontenttype'
        USING ERRCODE = 'invalid_parameter_value';
    END;
  END IF;
  RETURN ${schema}.publish(source, type, convert_to(body, 'UTF8'), key, id, attributes);
END $$;

CREATE OR REPLACE FUNCTION ${schema}.publish_all(messages text) RETURNS text[] LANGUAGE plpgsql ${FOR_CALLERS} AS $$
DECLARE
  ids text[] := '{}';
  m record;
BEGIN
  -- All locks first and sorted, so that two lists with the same keys cannot wait for each other.
  PERFORM pg_advisory_xact_lock(lock) FROM (
    SELECT DISTINCT hashtextextended(k.source || E'\\n' || k.key, ${LOCK_SEED}) AS lock
    FROM json_to_recordset(messages::json) AS k(source text, key text) WHERE k.key <> '' ORDER BY 1) keys;
  FOR m IN SELECT * FROM json_to_recordset(messages::json)
    AS message(source text, type text, body text, key text, id text, attributes jsonb) LOOP
    ids := ids || ${schema}.publish(m.source, m.type, decode(m.body, 'base64'), m.key, m.id, m.attributes);
  END LOOP;
  RETURN ids;
END $$;

CREATE TABLE IF NOT EXISTS ${schema}.inbox(handled bytea PRIMARY KEY, at timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS inbox_at ON ${schema}.inbox(at);

CREATE OR REPLACE FUNCTION ${schema}.inbox_once(handler text, source text, id text) RETURNS boolean LANGUAGE plpgsql ${FOR_CALLERS} AS $$
BEGIN
  IF handler IS NULL OR source IS NULL OR id IS NULL THEN
    RAISE EXCEPTION 'inbox_once: handler, source and id are all needed' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- The lengths keep ('a', 'bc') and ('ab', 'c') apart; the digest keeps the index small whatever is sent.
  INSERT INTO ${schema}.inbox VALUES (
    sha256(convert_to(format('%s %s %s%s%s', length(handler), length(source), handler, source, id), 'UTF8')), clock_timestamp())
    ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION ${schema}.inbox_purge(older interval, most int DEFAULT 10000) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (DELETE FROM ${schema}.inbox WHERE handled IN
    (SELECT handled FROM ${schema}.inbox WHERE at < clock_timestamp() - older ORDER BY at LIMIT most) RETURNING 1)
  SELECT count(*) FROM gone
$$;
`
}
