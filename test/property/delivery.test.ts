import fc from 'fast-check'
import { expect, test } from 'vitest'
import { http } from '../../src/adapter/connector/http/index.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { type App, tieline } from '../../src/app.ts'
import { flow } from '../../src/declare/flow/flow.ts'
import { cloudEvents } from '../../src/declare/source/cloud-events.ts'
import { target } from '../../src/declare/target/target.ts'
import type { Store } from '../../src/port/store.ts'
import { folder } from '../crash/folder.ts'
import { type Reply, type Sink, startSink } from '../example/sink.ts'

/** A world: messages in the order in which they are sent, what the other side does, and when the runtime restarts. */
interface World {
  readonly sent: readonly { readonly n: number; readonly restart: boolean }[]
  /** Of each message: what fails before the end, and whether it is refused in the end. */
  readonly fates: readonly { readonly key: number; readonly failures: readonly Reply[]; readonly refused: boolean }[]
}

const MESSAGES = 10
const failure = fc.constantFrom<Reply>(500, 503, 429, 'cut', 'cut body')

function worlds(restarts: boolean): fc.Arbitrary<World> {
  const restart = restarts ? fc.integer({ min: 0, max: 9 }).map((n) => n === 0) : fc.constant(false)
  const fate = fc.record({
    key: fc.nat(3),
    failures: fc.array(failure, { maxLength: 3 }),
    refused: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  })
  return fc.record({
    sent: fc.array(fc.record({ n: fc.nat(MESSAGES - 1), restart }), { minLength: 1, maxLength: 20 }),
    fates: fc.array(fate, { minLength: MESSAGES, maxLength: MESSAGES }),
  })
}

function app(sink: Sink, store: Store): App {
  const forward = http('sink', { baseUrl: sink.url, allow: ['127.0.0.1'] }).post('/', { name: 'forward' })
  const events = flow('events', {
    from: cloudEvents().any(),
    key: (_, { attributes }) => attributes['subject'] ?? '',
    to: target('sink', {
      call: forward,
      with: (data: unknown, { source, id, type, key }) => ({ source, id, type, key, data }),
    }),
    retry: { attempts: 9, base: '1ms', max: '2ms' },
    onDead: 'release key',
  })
  return tieline({ store, flows: [events], gateway: { port: 0 }, log: () => {} })
}

async function send(url: string, n: number, key: number): Promise<unknown> {
  const answer = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'ce-specversion': '1.0', 'ce-id': `m${n}`, 'ce-source': '/s', 'ce-type': 't', 'ce-subject': `k${key}` },
  })
  return ((await answer.json()) as { duplicate: boolean }).duplicate
}

/** Lives through a world; gives what the sink saw and what the runtime counted. */
async function live({ sent, fates }: World, open: () => Store) {
  await using sink = await startSink()
  for (const [n, { failures, refused }] of fates.entries()) sink.script(`m${n}`, ...failures, refused ? 404 : 200)
  let running = app(sink, open())
  let { url } = await running.start()
  const known = new Set<number>()
  for (const { n, restart } of sent) {
    expect(await send(url, n, fates[n]!.key)).toBe(known.has(n))
    known.add(n)
    if (!restart) continue
    await running.stop()
    running = app(sink, open())
    url = (await running.start()).url
  }
  const status = async () => (await (await fetch(`${url}/admin/v1/status`)).json()) as Record<string, number>
  await expect.poll(async () => (await status())['pending'], { timeout: 10_000, interval: 2 }).toBe(0)
  const counted = await status()
  await running.stop()
  return { calls: sink.calls, counted, order: [...known] }
}

function expectLaws({ fates, sent }: World, { calls, counted, order }: Awaited<ReturnType<typeof live>>): void {
  const keys = new Set<string>()
  for (const n of order) {
    const { failures } = fates[n]!
    const own = calls.filter(({ body }) => body.id === `m${n}`)
    expect(own.map(({ attempt }) => attempt)).toEqual(Array.from({ length: failures.length + 1 }, (_, i) => i + 1))
    expect(new Set(own.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    keys.add(own[0]!.idempotencyKey)
  }
  expect(keys.size).toBe(order.length)
  for (const key of [0, 1, 2, 3]) {
    const seen = calls.filter(({ body }) => body.key === `k${key}`).map(({ body }) => body.id)
    const runs = seen.filter((id, i) => id !== seen[i - 1]) // all attempts of one before the first of the next
    expect(runs).toEqual(order.filter((n) => fates[n]!.key === key).map((n) => `m${n}`))
  }
  const dead = order.filter((n) => fates[n]!.refused).length
  expect(counted).toMatchObject({
    accepted: order.length,
    duplicates: sent.length - order.length,
    delivered: order.length - dead,
    dead,
    skipped: 0,
    quarantined: 0,
  })
}

test('memory: whatever the other side does, each message is settled once, in the order of its key, with one idempotency key', async () => {
  await fc.assert(
    fc.asyncProperty(worlds(false), async (world) => expectLaws(world, await live(world, memory))),
    { numRuns: 40 },
  )
})

test('SQLite: and however often it restarts meanwhile', async () => {
  using here = folder()
  let n = 0
  await fc.assert(
    fc.asyncProperty(worlds(true), async (world) => {
      const file = here.file(`${n++}.db`)
      expectLaws(world, await live(world, () => sqlite(file, { logBytes: 0 })))
    }),
    { numRuns: 20 },
  )
})
