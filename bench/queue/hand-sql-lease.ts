// Hand-written SQL that holds no transaction open while a message is handled: a lease is written with the claim, the row deleted after it.
import type { Client } from 'pg'
import { sleep } from '../process.ts'
import type { Inbox } from './inbox.ts'
import { bytesOf } from './message.ts'
import { bigintArray, byteaArray, connect, once, PINNED } from './sql.ts'
import { BATCH, type System } from './system.ts'

const TABLE = `CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state smallint NOT NULL DEFAULT 0,
    due timestamptz NOT NULL DEFAULT now(), lease timestamptz, attempt int NOT NULL DEFAULT 0, body bytea NOT NULL)
  WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ON job (due, id) WHERE state = 0`
const APPEND = 'INSERT INTO job (body) SELECT * FROM unnest($1::bytea[])'
const CLAIM = `UPDATE job SET state = 1, lease = now() + interval '30 s', attempt = attempt + 1 WHERE id = ANY(ARRAY(
    SELECT id FROM job WHERE state = 0 AND due <= now() ORDER BY due, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
  RETURNING id, convert_from(body, 'UTF8') AS body`
const SETTLE = 'DELETE FROM job WHERE id = ANY($1::bigint[])'
const CONNECTIONS = 2
const PAUSE_MS = 3

export const leased: System = {
  setup: `as hand-sql, planner pinned, but the claim is an UPDATE that writes a lease, and the DELETE comes after the handler`,
  durable: 'committed with synchronous_commit=on',
  needs: 'postgres',
  prepare: async ({ url }) => void (await once(url, TABLE)),
  async produce({ url }) {
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(url, PINNED)))
    return {
      put: async (numbers, stream) => {
        const values = [byteaArray(numbers.map(bytesOf))]
        await clients[stream]?.query({ name: 'append', text: APPEND, values })
      },
      [Symbol.asyncDispose]: async () => void (await Promise.all(clients.map((client) => client.end()))),
    }
  },
  async work({ url }, inbox) {
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(url, PINNED)))
    let stopped = false
    let loops: Promise<unknown> = Promise.resolve()
    return {
      start: async () => {
        loops = Promise.all(clients.map((client) => loop(client, inbox, () => stopped)))
      },
      [Symbol.asyncDispose]: async () => {
        stopped = true
        await loops
        await Promise.all(clients.map((client) => client.end()))
      },
    }
  },
}

async function loop(client: Client, inbox: Inbox, stopped: () => boolean): Promise<void> {
  let held: readonly { readonly id: string }[] = []
  while (!stopped()) {
    const values = [bigintArray(held.map(({ id }) => id))]
    const settled = held.length > 0 ? client.query({ name: 'settle', text: SETTLE, values }) : undefined
    const claimed = client.query<{ id: string; body: string }>({ name: 'claim', text: CLAIM, values: [] })
    if (settled !== undefined) {
      await settled
      inbox.settle(held.length)
    }
    const { rows } = await claimed
    for (const { body } of rows) inbox.takeText(body)
    held = rows
    if (held.length === 0) await sleep(PAUSE_MS)
  }
}
