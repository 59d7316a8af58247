// What a move reads. $1 after, $2 limit or end; the tables of days are read across all their days.

const page = (columns: string, table: string): string =>
  `SELECT ${columns} FROM S.${table} WHERE id > $1 ORDER BY id LIMIT $2`
const RANGE = 'id > $1 AND id <= $2'

export const CANDIDATES: readonly string[] = [
  page('id AS first, id + greatest(1, works) - 1 AS last, octet_length(body) AS bytes', 'msg'),
  page('msg AS first, id AS last, 0 AS bytes', 'todo'),
  page('msg AS first, id AS last, 0 AS bytes', 'done'),
  page('msg AS first, id AS last, octet_length(body) AS bytes', 'dead'),
]

export const MESSAGES: string = `SELECT id, day::text AS day, works, at, source, head, body FROM S.msg WHERE ${RANGE} ORDER BY id, day`

export const TODO: string = `SELECT t.id, t.msg, t.day::text AS day, t.flow, 0 AS state, 0 AS at, w.attempt, w.crashes, w.replays, w.journal, w.due,
  w.why, w.fault, false AS hold, false AS edited, w.body
  FROM S.todo t LEFT JOIN S.wait w ON w.id = t.id WHERE t.id > $1 AND t.id <= $2`

export const DONE: string = `SELECT id, msg, NULL AS day, flow, state, at, attempt, crashes, replays, 0 AS journal, 0 AS due, why, NULL AS fault,
  false AS hold, false AS edited, NULL AS body FROM S.done WHERE ${RANGE}`

export const DEAD: string = `SELECT id, msg, NULL AS day, flow, state, at, attempt, crashes, replays, journal, 0 AS due, why, fault, hold, edited, body,
  head, source, accepted, works FROM S.dead WHERE ${RANGE}`

export const TRAIL: string = `SELECT work, position, entry FROM S.trail WHERE work > $1 AND work <= $2 ORDER BY work, n`

/** $1 hash[] */
export const MARKS: string = `SELECT replace(h::text, '-', '') AS h, id FROM S.mark_0 WHERE h = ANY($1::uuid[])
  UNION ALL SELECT replace(h::text, '-', ''), id FROM S.mark_1 WHERE h = ANY($1::uuid[])`
