import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tieline } from '../cli/spawn.ts'
import { folder } from '../crash/folder.ts'
import { type Answer, type Runtime, startRuntime } from './runtime.ts'
import { type Event, SECRETS, sender, stripeEvent } from './senders.ts'
import { type Call, type Reply, type Sink, startSink } from './sink.ts'

const here = folder()
let sink: Sink
let runtime: Runtime
let restart: () => Promise<Runtime>

beforeAll(async () => {
  sink = await startSink()
  const env = { ...SECRETS, TIELINE_STORE: `sqlite:${here.file('tieline.db')}`, SINK_URL: sink.url }
  restart = () => startRuntime('every-source', env)
  runtime = await restart()
})
afterAll(async () => {
  await runtime[Symbol.asyncDispose]()
  await sink[Symbol.asyncDispose]()
  here[Symbol.dispose]()
})

async function send(event: Event, source = 'stripe'): Promise<Answer> {
  const from = sender(source)
  const signature = await from.sign(from.secrets?.[0] ?? '', event, Date.now())
  return runtime.post(event.path, event.body, { ...event.headers, ...signature })
}

const idOf = (event: Event): string => event.delivery.id
const done = (id: string) => sink.until(() => sink.of(id).some(({ status }) => status === 200))
const attempts = (id: string): readonly number[] => sink.of(id).map(({ attempt }) => attempt)
const keys = (calls: readonly Call[]): ReadonlySet<string> => new Set(calls.map(({ idempotencyKey }) => idempotencyKey))

describe('tried again, with the same key and counted', () => {
  const again: readonly Reply[] = [
    ...[500, 501, 502, 503, 504, 505, 507, 599, 429, 'cut', 'cut body'].map((reply) => reply as Reply),
    { status: 503, headers: { 'retry-after': '0' } },
    { status: 429, headers: { 'retry-after': '1' } },
  ]
  test.concurrent.each(again.map((reply, i) => ({ reply, i })))('after $reply', async ({ reply, i }) => {
    const event = stripeEvent(`again_${i}`)
    sink.script(idOf(event), reply, reply)
    expect((await send(event)).status).toBe(202)
    await done(idOf(event))
    expect(attempts(idOf(event))).toEqual([1, 2, 3])
    expect(keys(sink.of(idOf(event))).size).toBe(1)
  })
})

test('4xx is a dead letter after one attempt, and later messages of its key go on', async () => {
  const before = await runtime.settled()
  const refusals = [400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 415, 421, 422, 423, 425, 451, 499]
  for (const status of refusals) {
    const dead = stripeEvent(`dead_${status}`, `cus_of_${status}`)
    sink.script(idOf(dead), status)
    await send(dead)
    await send(stripeEvent(`behind_${status}`, `cus_of_${status}`))
  }
  await Promise.all(refusals.map((status) => done(`evt_behind_${status}`)))
  const after = await runtime.settled()
  expect(after.dead - before.dead).toBe(refusals.length)
  expect(after.delivered - before.delivered).toBe(refusals.length)
  for (const status of refusals) expect(attempts(`evt_dead_${status}`)).toEqual([1])
})

test('order of a key holds while its first message fails; other keys are not held up', async () => {
  const ids = ['order_1', 'order_2', 'order_3', 'order_4']
  sink.script('evt_order_1', 500, 'cut', 503, 429)
  sink.script('evt_order_3', 500)
  for (const id of ids) await send(stripeEvent(id, 'cus_order'))
  await send(stripeEvent('neighbour', 'cus_neighbour'))
  await done('evt_order_4')
  const calls = sink.calls.filter(({ body }) => body.key === 'cus_order').map(({ body }) => body.id)
  const [one, two, three, four] = ids.map((id) => `evt_${id}`)
  expect(calls).toEqual([one, one, one, one, one, two, three, three, four])
  const at = (id: string): number => sink.calls.findIndex((call) => call.body.id === id && call.status === 200)
  expect(at('evt_neighbour')).toBeGreaterThanOrEqual(0)
  expect(at('evt_neighbour')).toBeLessThan(at('evt_order_1'))
})

describe('from the command line', () => {
  const asked = async (...args: readonly string[]) => {
    const { code, stdout } = await tieline([...args, '--url', runtime.url, '--json'])
    return { code, ...JSON.parse(stdout) }
  }

  test('a dead letter is replayed with its key', async () => {
    const [dead] = sink.of('evt_dead_422')
    const { items } = await asked('dead', 'show', 'evt_dead_422')
    const { code, moved } = await asked('dead', 'replay', items[0].work, '--why', 'the sink is repaired')
    expect([code, moved]).toEqual([0, [items[0].work]])
    await done('evt_dead_422')
    const [, again] = sink.of('evt_dead_422')
    expect(again).toMatchObject({ body: dead?.body, idempotencyKey: dead?.idempotencyKey })
  })

  test('all the others too, once each; then there are none', async () => {
    const { groups } = await asked('dead', 'list')
    const count = groups.reduce((sum: number, group: { count: number }) => sum + group.count, 0)
    const { code, moved } = await asked('dead', 'replay', '--all', '--why', 'the sink is repaired')
    expect([code, moved.length]).toEqual([0, count])
    expect(await runtime.settled()).toMatchObject({ dead: 0, pending: 0 })
    expect(keys(sink.of('evt_dead_400')).size).toBe(1)
    expect((await asked('dead', 'replay', '--all', '--why', 'again')).moved).toEqual([])
    expect(await asked('status')).toMatchObject({ code: 0, ready: true, dead: 0, pending: 0, controls: [] })
  })
})

describe('kill -9 in the middle', () => {
  const KEYS = 12
  const events = Array.from({ length: 120 }, (_, n) => stripeEvent(`kill_${n}`, `cus_kill_${n % KEYS}`))
  const acknowledged = new Set<string>()

  test('what was acknowledged is delivered after a restart, in order, with the same keys', async () => {
    const before = await runtime.settled()
    for (const n of [5, 6, 7]) sink.script(`evt_kill_${n}`, 'hold') // at work when the process dies
    for (const n of [8, 20, 31]) sink.script(`evt_kill_${n}`, 500, 500, 500)
    const feed = async (key: number): Promise<void> => {
      for (const event of events.filter((_, n) => n % KEYS === key)) {
        if ((await send(event).catch(() => undefined))?.status === 202) acknowledged.add(idOf(event))
      }
    }
    const fed = Promise.all(Array.from({ length: KEYS }, (_, key) => feed(key)))
    await sink.until(() => sink.calls.filter(({ body: { id } }) => id.startsWith('evt_kill_')).length > 40)
    await runtime.kill()
    await fed
    expect(acknowledged.size).toBeGreaterThan(20)
    const owed = [...acknowledged].filter((id) => !sink.of(id).some(({ status }) => status === 200))
    expect(owed.length).toBeGreaterThanOrEqual(3)

    runtime = await restart()
    const after = await runtime.settled()
    for (const id of acknowledged) {
      expect(sink.of(id).some(({ status }) => status === 200)).toBe(true)
      expect(keys(sink.of(id)).size).toBe(1)
    }
    expect(sink.of('evt_kill_5').map(({ status }) => status)).toEqual([undefined, 200])
    // An accept that the kill cut off may be on disk without an answer; everything before it is counted.
    expect(after.accepted).toBeGreaterThanOrEqual(before.accepted + acknowledged.size)
    expect(after.delivered - before.delivered).toBe(after.accepted - before.accepted)
    expect(after).toMatchObject({ dead: 0, quarantined: before.quarantined })
  })

  test('the senders try again: what was known is a duplicate, the rest is taken', async () => {
    for (const event of events) {
      const { status, json } = await send(event)
      expect([200, 202]).toContain(status)
      if (acknowledged.has(idOf(event))) expect(json).toEqual({ id: idOf(event), duplicate: true })
    }
    await runtime.settled()
    for (const event of events) await done(idOf(event))
    for (let key = 0; key < KEYS; key++) {
      const calls = sink.calls.filter(({ body }) => body.key === `cus_kill_${key}`)
      const sent = events.map(idOf).filter((_, n) => n % KEYS === key)
      expect([...new Set(calls.map(({ body }) => body.id))]).toEqual(sent)
    }
  })
})
