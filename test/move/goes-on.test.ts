import { expect, test } from 'vitest'
import type { Claimed, Store } from '../../src/port/store.ts'
import { fill, HOUR, message } from './fill.ts'
import { run, scene } from './scene.ts'

/** Takes whatever is ready, one after the other, until nothing is. */
async function work(store: Store): Promise<Claimed[]> {
  const seen: Claimed[] = []
  for (let idle = 0; idle < 20; ) {
    const claimed = await store.claim({
      flows: ['orders', 'audit', 'saga'],
      owner: 'after',
      limit: 50,
      leaseMs: 60_000,
    })
    idle = claimed.length === 0 ? idle + 1 : 0
    seen.push(...claimed)
    for (const { lease, journal } of claimed) {
      if (journal.length > 0)
        expect(await store.append([{ lease, position: 3, step: 'charge', kind: 'done' }])).toEqual(['ok'])
      expect(await store.settle([{ lease, as: 'done' }])).toEqual(['ok'])
    }
    if (claimed.length === 0) await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return seen
}

test.each(['SQLite', 'PostgreSQL'] as const)('work goes on after a move from %s', async (kind) => {
  await using at = await scene()
  const [lite, big] = [at.sqlite('one.db'), at.postgres('one')]
  const [from, to] = kind === 'SQLite' ? [lite, big] : [big, lite]
  const line = Array.from({ length: 60 }, (_, i) => `line ${i}`)
  {
    await using store = await from.store()
    await fill(store)
    await store.accept(
      line.map((id, i) => message(id, { deliveries: [{ flow: 'orders', key: `q${i % 3}`, effect: id }] })),
    )
  }
  await run(from, to)
  await using store = await to.store()
  await store.accept([message('line 60', { deliveries: [{ flow: 'orders', key: 'q0', effect: 'line 60' }] })])
  const first = await work(store)
  const ids = first.map(({ flow, message }) => `${flow} ${message.id}`)
  for (const key of ['q0', 'q1', 'q2']) {
    const seen = first.filter((one) => one.key === key).map(({ message }) => Number(message.id.slice(5)))
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.length).toBe(key === 'q0' ? 21 : 20)
  }
  expect(new Set(ids).size).toBe(ids.length)
  for (const waiting of ['later', 'retried', 'waits', 'behind', 'hold']) expect(ids).not.toContain(`orders ${waiting}`)

  const saga = first.find(({ flow }) => flow === 'saga')!
  expect(saga).toMatchObject({ attempt: 1, effect: 'saga 1' })
  expect(saga.journal.map(({ position, step, kind, result }) => [position, step, kind, result])).toEqual([
    [0, 'reserve', 'begun', undefined],
    [1, 'reserve', 'done', '{"room":"ü"}'],
    [2, 'charge', 'begun', undefined],
  ])
  const edited = first.find(({ message, flow }) => message.id === 'edited' && flow === 'orders')!
  expect(edited).toMatchObject({ replays: 1, effect: 'orders 10' })
  expect(Buffer.from(edited.message.body).toString()).toBe('{"fixed":true}')

  const { items } = await store.find({ states: ['dead', 'quarantined'], limit: 100 })
  const letters = items.filter(({ flow }) => flow !== '')
  expect(letters.map(({ id }) => id).sort()).toEqual([
    'bad of beta',
    'bad too',
    'bad too',
    'buried',
    'hold',
    'of acme, dead',
    'release',
  ])
  expect(await store.move(letters.map(({ work }) => ({ work, to: 'ready', why: 'again' })))).toHaveLength(7)
  const again = await work(store)
  const tenants = again.flatMap(({ tenant, message }) => (tenant === '' ? [] : [[message.id, tenant]]))
  expect(tenants.sort()).toEqual([
    ['bad of beta', 'beta'],
    ['of acme, dead', 'acme'],
  ])
  const second = again.map(({ flow, message, effect }) => [flow, message.id, effect])
  const order = second.map(([, id]) => id)
  expect(order.indexOf('hold')).toBeLessThan(order.indexOf('behind'))
  expect(second.sort()).toEqual([
    ['audit', 'bad too', 'audit 15'],
    ['orders', 'bad of beta', 'orders 22'],
    ['orders', 'bad too', 'orders 15'],
    ['orders', 'behind', 'orders 5'],
    ['orders', 'buried', 'orders 11'],
    ['orders', 'hold', 'orders 4'],
    ['orders', 'of acme, dead', 'orders 19'],
    ['orders', 'release', 'orders 6'],
  ])
  const waiting = await store.find({ states: ['pending'], limit: 100 })
  expect(waiting.items.map(({ id }) => id).sort()).toEqual(['later', 'retried', 'waits'])
  for (const { dueAtMs } of waiting.items) expect(dueAtMs).toBeGreaterThan(Date.now() + HOUR / 2)
})
