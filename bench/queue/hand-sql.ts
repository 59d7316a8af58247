// The limit: what somebody writes who needs no keys, no retries, no record of what was done. Batches both ways, binary parameters,
// pipelined statements. A claimed message is deleted in the transaction in which it is handled: a process that dies gives it back.
import type { Client } from 'pg'
import { sleep } from '../process.ts'
import type { Inbox } from './inbox.ts'
import { bytesOf } from './message.ts'
import { byteaArray, connect, once, PINNED } from './sql.ts'
import { BATCH, type System } from './system.ts'

const TABLE = `CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)
  WITH (autovacuum_vacuum_scale_factor = 0.02)`
const APPEND = 'INSERT INTO job (body) SELECT * FROM unnest($1::bytea[])'
const CLAIM = `DELETE FROM job WHERE id IN (SELECT id FROM job ORDER BY id FOR UPDATE SKIP LOCKED LIMIT ${BATCH})
  RETURNING convert_from(body, 'UTF8') AS body`
const CONNECTIONS = 2
/** After a claim that found nothing. */
const PAUSE_MS = 3

function handSql(options: string, about: string): System {
  const name = options === '' ? undefined : options
  return {
    setup: `unnest of binary bytea[] in batches of ${BATCH}; DELETE … IN (SELECT … FOR UPDATE SKIP LOCKED LIMIT ${BATCH}) RETURNING, ${CONNECTIONS} pipelined connections a process, ${about}; no done row, no order, no retry`,
    durable: 'committed with synchronous_commit=on',
    needs: 'postgres',
    prepare: async ({ url }) => void (await once(url, TABLE)),
    async produce({ url }) {
      const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(url, name)))
      return {
        put: async (numbers, stream) => {
          const values = [byteaArray(numbers.map(bytesOf))]
          await clients[stream]?.query({ name: 'append', text: APPEND, values })
        },
        [Symbol.asyncDispose]: async () => void (await Promise.all(clients.map((client) => client.end()))),
      }
    },
    async work({ url }, inbox) {
      const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(url, name)))
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
}

async function loop(client: Client, inbox: Inbox, stopped: () => boolean): Promise<void> {
  let held = 0
  while (!stopped()) {
    // The commit of the last batch, the begin and the claim of this one: one round trip.
    const committed = held > 0 ? client.query('COMMIT') : undefined
    const began = client.query('BEGIN')
    const claimed = client.query<{ body: string }>({ name: 'claim', text: CLAIM, values: [] })
    if (committed !== undefined) {
      await committed
      inbox.settle(held)
    }
    await began
    const { rows } = await claimed
    for (const { body } of rows) inbox.takeText(body)
    held = rows.length
    if (held > 0) continue
    await client.query('COMMIT')
    await sleep(PAUSE_MS)
  }
}

export const pinned = handSql(PINNED, 'planner pinned')
export const unpinned = handSql('', 'planner left alone')
