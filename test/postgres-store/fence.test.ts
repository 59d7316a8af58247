import { expect, test } from 'vitest'
import type { Claimed, Outcome, Store } from '../../src/port/store.ts'
import { claim, claims, done, message, until, world } from './world.ts'

const FAULT = { code: 'NO', message: 'no', retryable: true, fingerprint: 'f' }

/** The next work that one of these gets. */
async function either(stores: readonly Store[]): Promise<readonly [Store, Claimed]> {
  let got: readonly [Store, Claimed] | undefined
  await until('one of them claims', async () => {
    for (const store of stores) {
      // A worker that is found dead has its connections ended: its claim is refused.
      const [first] = await claim(store, 1).catch(() => [])
      if (first) got ??= [store, first]
    }
    return got !== undefined
  })
  return got!
}

test.each([
  ['done', (lease) => ({ as: 'done', lease })],
  ['retry', (lease) => ({ as: 'retry', lease, afterMs: 0, fault: FAULT })],
  ['dead', (lease) => ({ as: 'dead', lease, fault: FAULT, lane: 'hold' })],
] as [string, (lease: Claimed['lease']) => Outcome][])(
  'settling %s while the row of the worker is being deleted changes nothing',
  async (_name, outcome) => {
    await using w = await world()
    const [a, b] = [await w.store(), await w.store()]
    await a.accept([message('1', 'k')])
    const [first] = await claims(a, 1)
    const reaper = await w.session()
    await reaper.sql('BEGIN')
    await reaper.sql('DELETE FROM S.worker WHERE id = 1')
    const settling = a.settle([outcome(first!.lease)])
    await until('the settle waits', async () => {
      const rows = await w.sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND (query LIKE '%FOR KEY SHARE%' OR query LIKE '%fence(%')",
      )
      return rows.length > 0
    })
    await reaper.sql('COMMIT')
    expect(await settling).toEqual(['stale'])
    const [owner, again] = await either([a, b])
    expect(again).toMatchObject({ message: { id: '1' }, attempt: 0 })
    expect(again.lease.token).toBeGreaterThan(first!.lease.token)
    expect(await a.settle([done(first!)])).toEqual(['stale'])
    expect(await owner.settle([done(again)])).toEqual(['ok'])
    expect(await b.status()).toMatchObject({ delivered: 1, dead: 0, pending: 0 })
  },
)

test('what a worker had handed out when its lease ended is a crash, and goes to another', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  await a.accept([message('1', 'k'), message('2', 'k')])
  const [first] = await claims(a, 1)
  await w.sql("UPDATE S.worker SET lease_until = now() - interval '1 s' WHERE id = 1")
  const [owner, again] = await either([a, b])
  expect(again).toMatchObject({ message: { id: '1' }, crashes: 1, attempt: 0 })
  expect(await a.settle([done(first!)])).toEqual(['stale'])
  expect(await owner.settle([done(again)])).toEqual(['ok'])
})

test.each([{ pooler: false }, { pooler: true }])(
  'a claim that is being written down when its worker is found dead is granted or refused, %o',
  async ({ pooler }) => {
    await using w = await world()
    const [a, b] = [await w.store({ pooler }), await w.store({ pooler })]
    await a.accept([message('1', 'k')])
    await claim(a, 0)
    await until('it is read', async () => {
      const rows = await w.sql('SELECT 1 FROM S.shard WHERE owner = 1')
      return rows.length === 64
    })
    // The lease ends, and in the same moment somebody else holds the row: the claim waits for it, and then the reaper.
    const [ending, holding] = [await w.session(), await w.session()]
    await ending.sql('BEGIN')
    await ending.sql("UPDATE S.worker SET lease_until = now() - interval '1 s' WHERE id = 1")
    await holding.sql('BEGIN')
    const held = holding.sql('SELECT 1 FROM S.worker WHERE id = 1 FOR NO KEY UPDATE')
    await w.waits('FOR NO KEY UPDATE')
    const claiming = claims(a, 1).catch(() => [])
    await w.waits('inflight AS y')
    await ending.sql('COMMIT')
    await held
    await w.waits('DELETE FROM S.worker')
    await holding.sql('COMMIT')
    const granted = await claiming
    const settled = await a.settle(granted.map(done))
    if (settled[0] !== 'ok') {
      const [owner, again] = await either([a, b])
      expect(await owner.settle([done(again)])).toEqual(['ok'])
    }
    await until('all is delivered', async () => (await b.status()).pending === 0)
    expect(await b.status()).toMatchObject({ delivered: 1, leased: 0 })
  },
  30_000,
)

test('of two workers that take the same free shards, each shard gets one', async () => {
  await using w = await world()
  const before = await w.store()
  const ids = Array.from({ length: 300 }, (_, i) => `${i}`)
  await before.accept(ids.map((id) => message(id, id)))
  await claim(before, 0)
  const [a, b] = [await w.store(), await w.store()]
  await before[Symbol.asyncDispose]()
  const lock = await w.session()
  await lock.sql('BEGIN')
  await lock.sql('SELECT 1 FROM S.shard FOR UPDATE')
  const both = [claim(a, 1_000), claim(b, 1_000)]
  await w.waits('UPDATE S.shard s SET owner', 2)
  await lock.sql('COMMIT')
  const claimed = (await Promise.all(both)).flat()
  const seen = claimed.map((one) => one.message.id)
  expect(new Set(seen).size).toBe(seen.length)
  // What one of them took beyond its share goes to the other at its next look.
  await until('all shards have an owner', async () => {
    const [row] = await w.sql<{ shards: number }>(
      'SELECT count(owner)::int AS shards FROM S.shard WHERE owner IN (2, 3)',
    )
    return row!.shards === 64
  })
  // Every shard is handed out by exactly one of them.
  await until('all are claimed', async () => {
    for (const store of [a, b]) claimed.push(...(await claim(store, 1_000)))
    return claimed.length >= ids.length
  })
  expect(claimed.map((one) => one.message.id).toSorted()).toEqual(ids.toSorted())
})

test('a worker that is found dead has no namesake in another database that would suffer', async () => {
  await using w = await world()
  await using other = await world()
  const [a, bystander] = [await w.store(), await other.store()]
  await bystander.accept([message('1', 'k')])
  await claims(bystander, 1)
  const before = await other.sql(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'tieline:store:1' AND datname = current_database()",
  )
  expect(before.length).toBeGreaterThan(0)
  const b = await w.store()
  await a.accept([message('1', 'k')])
  await claims(a, 1)
  await w.sql("UPDATE S.worker SET lease_until = now() - interval '1 s' WHERE id = 1")
  await either([a, b])
  expect(await w.sql('SELECT 1 FROM S.worker WHERE id = 1')).toEqual([])
  const after = await other.sql(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'tieline:store:1' AND datname = current_database()",
  )
  expect(after).toEqual(expect.arrayContaining(before))
})
