import { createHash } from 'node:crypto'
import type pg from 'pg'
import { postgres } from 'tieline/postgres'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/adapter/clock/system.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import { flows } from './relay-world.ts'
import { useScene } from './scene.ts'
import { type Order, placed, shop } from './shop.ts'

const here = useScene()
const KEYS = 20
const EACH = 50

it('two runtimes, one of them stopped half-way: every message once, each key in the order of its commits', async () => {
  const delivered: Order[] = []
  const runtime = async (name: string): Promise<Engine & { close(): void; end(): Promise<void> }> => {
    const store = postgres(here().url)
    await store.migrate()
    const engine = createEngine({
      flows,
      store,
      retainMs: 86_400_000,
      host: {
        name,
        clock: systemClock,
        random: () => 0.5,
        digest: (text) => createHash('sha256').update(text).digest('base64url'),
        secrets: { read: () => [] },
        log: () => {},
        http: {
          request: async (request) => {
            delivered.push(JSON.parse(String(request.body)))
            return { status: 200, headers: {}, body: new TextEncoder().encode('{"made":"1"}') }
          },
        },
      },
    })
    await engine.start()
    return {
      ...engine,
      end: async () => {
        await engine.drain(5_000)
        await store[Symbol.asyncDispose]()
      },
    }
  }
  const publisher = async (client: pg.Client, from: number): Promise<void> => {
    for (let n = 0; n < EACH; n++) {
      for (let k = from; k < KEYS; k += 2) {
        await client.query('BEGIN')
        await shop.publish(client, placed(`k${k}`, String(n)))
        await client.query(n % 10 === 9 ? 'ROLLBACK' : 'COMMIT')
      }
    }
  }
  const first = await runtime('first')
  const second = await runtime('second')
  const publishing = Promise.all([publisher(await here().connect(), 0), publisher(await here().connect(), 1)])
  while (delivered.length < 200) await systemClock.sleep(5)
  await first.end()
  await publishing
  const all = KEYS * EACH * 0.9
  while (delivered.length < all) await systemClock.sleep(5)
  await second.end()
  expect(await here().published()).toEqual([])
  const expected = Array.from({ length: EACH }, (_, n) => String(n)).filter((n) => !n.endsWith('9'))
  for (let k = 0; k < KEYS; k++) {
    expect(delivered.filter(({ id }) => id === `k${k}`).map(({ note }) => note)).toEqual(expected)
  }
  expect(delivered).toHaveLength(all)
})
