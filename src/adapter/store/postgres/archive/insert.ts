import { isText } from '../batch.ts'
import { byteas, int2s, int4s, int8s, texts, uuids } from '../encode.ts'
import type { Rows } from './arrange.ts'

const STATE: Readonly<Record<string, number>> = { delivered: 1, skipped: 2, discarded: 3, dead: 4, quarantined: 5 }

export type Insert = readonly [text: string, values: readonly Buffer[]]

/** The statements of a batch, each table's rows at once. */
export function insertsOf(
  { messages, todo, wait, done, dead, trail, marks }: Rows,
  generation: number,
): readonly Insert[] {
  const inserts: Insert[] = []
  const add = (rows: readonly unknown[], text: string, values: () => readonly Buffer[]): void => {
    if (rows.length > 0) inserts.push([text, values()])
  }
  add(
    messages,
    `INSERT INTO S.msg(id, day, works, at, source, head, utf8, body) SELECT id, day, works, at, source, head, utf8 <> 0, body
      FROM unnest($1::bigint[], $2::text[]::date[], $3::smallint[], $4::bigint[], $5::int[], $6::text[], $7::smallint[], $8::bytea[])
        AS x(id, day, works, at, source, head, utf8, body)`,
    () => [
      int8s(messages.map((row) => row.id)),
      texts(messages.map((row) => row.day)),
      int2s(messages.map((row) => row.works)),
      int8s(messages.map((row) => row.at)),
      int4s(messages.map((row) => row.source)),
      texts(messages.map((row) => row.head)),
      int2s(messages.map((row) => Number(isText(row.body!)))),
      byteas(messages.map((row) => row.body!)),
    ],
  )
  add(
    todo,
    `INSERT INTO S.todo(id, msg, lane, day, flow, shard, tenant)
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]::date[], $5::int[], $6::smallint[], $7::int[])`,
    () => [
      int8s(todo.map((row) => row.id)),
      int8s(todo.map((row) => row.msg)),
      int8s(todo.map((row) => row.lane)),
      texts(todo.map((row) => row.msgDay)),
      int4s(todo.map((row) => row.flowNumber)),
      int2s(todo.map((row) => row.shard)),
      int4s(todo.map((row) => row.tenantNumber)),
    ],
  )
  add(
    wait,
    `INSERT INTO S.wait(id, attempt, crashes, replays, journal, due, why, fault, body)
      SELECT * FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::int[], $6::bigint[], $7::text[], $8::text[], $9::bytea[])`,
    () => [
      int8s(wait.map((row) => row.id)),
      ...counts(wait),
      int4s(wait.map((row) => row.journal)),
      int8s(wait.map((row) => row.dueAtMs)),
      texts(wait.map((row) => row.whyText)),
      texts(wait.map((row) => row.faultText)),
      byteas(wait.map((row) => row.body ?? null)),
    ],
  )
  add(
    done,
    `INSERT INTO S.done(id, day, msg, msg_day, lane, flow, state, at, attempt, crashes, replays, why)
      SELECT * FROM unnest($1::bigint[], $2::text[]::date[], $3::bigint[], $4::text[]::date[], $5::bigint[], $6::int[], $7::smallint[],
        $8::bigint[], $9::int[], $10::int[], $11::int[], $12::text[])`,
    () => [
      int8s(done.map((row) => row.id)),
      texts(done.map((row) => row.day)),
      int8s(done.map((row) => row.msg)),
      texts(done.map((row) => row.msgDay)),
      int8s(done.map((row) => row.lane)),
      int4s(done.map((row) => row.flowNumber)),
      int2s(done.map((row) => STATE[row.state]!)),
      int8s(done.map((row) => row.settledAtMs)),
      ...counts(done),
      texts(done.map((row) => row.whyText)),
    ],
  )
  add(
    dead,
    `INSERT INTO S.dead(id, msg, lane, flow, shard, state, hold, at, attempt, crashes, replays, journal, why, fault, works, accepted, source,
        head, body, edited, tenant)
      SELECT id, msg, lane, flow, shard, state, hold <> 0, at, attempt, crashes, replays, journal, why, fault, works, accepted, source, head, body,
        edited <> 0, tenant
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::smallint[], $6::smallint[], $7::smallint[], $8::bigint[], $9::int[],
        $10::int[], $11::int[], $12::int[], $13::text[], $14::text[], $15::smallint[], $16::bigint[], $17::int[], $18::text[], $19::bytea[],
        $20::smallint[], $21::int[]) AS x(id, msg, lane, flow, shard, state, hold, at, attempt, crashes, replays, journal, why, fault, works, accepted,
        source, head, body, edited, tenant)`,
    () => [
      int8s(dead.map((row) => row.id)),
      int8s(dead.map((row) => row.msg)),
      int8s(dead.map((row) => row.lane)),
      int4s(dead.map((row) => row.flowNumber)),
      int2s(dead.map((row) => row.shard)),
      int2s(dead.map((row) => STATE[row.state]!)),
      int2s(dead.map((row) => Number(row.hold))),
      int8s(dead.map((row) => row.settledAtMs)),
      ...counts(dead),
      int4s(dead.map((row) => row.journal)),
      texts(dead.map((row) => row.whyText)),
      texts(dead.map((row) => row.faultText)),
      int2s(dead.map((row) => row.message.width)),
      int8s(dead.map((row) => row.message.at)),
      int4s(dead.map((row) => row.message.source)),
      texts(dead.map((row) => row.message.head)),
      byteas(dead.map((row) => row.body!)),
      int2s(dead.map((row) => Number(row.edited))),
      int4s(dead.map((row) => row.tenantNumber)),
    ],
  )
  add(
    trail,
    `INSERT INTO S.trail(work, position, entry) SELECT x.work, nullif(x.position, -1), x.entry
      FROM unnest($1::bigint[], $2::int[], $3::text[]) WITH ORDINALITY AS x(work, position, entry, n) ORDER BY x.n`,
    () => [
      int8s(trail.map((row) => row.work)),
      int4s(trail.map((row) => row.position)),
      texts(trail.map((row) => row.entry)),
    ],
  )
  add(
    marks,
    `INSERT INTO S.mark_${generation}(h, id) SELECT * FROM unnest($1::uuid[], $2::bigint[]) ON CONFLICT DO NOTHING`,
    () => [uuids(marks.map((row) => row.hash)), int8s(marks.map((row) => row.id))],
  )
  return inserts
}

function counts(
  rows: readonly { readonly attempt: number; readonly crashes: number; readonly replays: number }[],
): readonly Buffer[] {
  return [
    int4s(rows.map((row) => row.attempt)),
    int4s(rows.map((row) => row.crashes)),
    int4s(rows.map((row) => row.replays)),
  ]
}
