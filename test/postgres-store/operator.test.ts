import { expect, test } from 'vitest'
import { decodeIds, encodeIds } from '../../src/adapter/store/postgres/inflight.ts'
import { statements } from '../../src/adapter/store/postgres/statements.ts'
import type { Move, Store } from '../../src/port/store.ts'
import { claim, claims, done, drain, message, until, world } from './world.ts'

const HOLD = 'SELECT 1 FROM S.worker WHERE id = $1 FOR NO KEY UPDATE'

function move(work: string, to: Move['to']): Move {
  return { work, to, why: 'ops: by hand' }
}

async function pendingWork(store: Store): Promise<string> {
  return (await store.find({ states: ['pending'], id: '1', limit: 1 })).items[0]!.work
}

test('of an operator who takes work away and a worker who is about to claim it, the first to reach the row of the worker wins', async () => {
  for (const first of ['operator', 'worker'] as const) {
    await using w = await world()
    const [a, b] = [await w.store(), await w.store()]
    await claim(a)
    await a.accept([message('1', 'k'), message('2', 'k')])
    const work = await pendingWork(b)
    const lock = await w.session()
    await lock.sql('BEGIN')
    await lock.sql(HOLD, [1])

    let claimed: ReturnType<typeof claim> | undefined
    const begin = async (): Promise<void> => {
      claimed = claim(a)
      await w.waits('inflight AS y')
    }
    if (first === 'worker') await begin()
    const moving = b.move([move(work, 'discard')])
    await w.waits('FROM S.worker WHERE id = $1 FOR NO KEY UPDATE')
    if (first === 'operator') await begin()
    await lock.sql('COMMIT')

    const [moved, got] = [await moving, await claimed!]
    expect(moved).toEqual(first === 'operator' ? [work] : [])
    // A claim that was given nothing may be repeated; it must not have been given what is gone.
    expect(got.map((one) => one.message.id)).toEqual(first === 'operator' ? [] : ['1'])
    await a.settle(got.map(done))
    expect(await drain(a, 1)).toEqual(['2'])
    expect(await a.status()).toMatchObject({
      delivered: first === 'operator' ? 1 : 2,
      discarded: first === 'operator' ? 1 : 0,
      pending: 0,
    })
  }
})

test('work that another process has claimed is left alone', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  await claim(a)
  await a.accept([message('1', 'k')])
  const claimed = await claims(a, 1)
  expect(await b.move([move(claimed[0]!.lease.id, 'dead')])).toEqual([])
  expect(await a.settle(claimed.map(done))).toEqual(['ok'])
  expect(await b.move([move(claimed[0]!.lease.id, 'dead')])).toEqual([])
})

test('a note of what is being worked on that comes late does not undo one that was made after it', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  await claim(a)
  await a.accept([message('1', 'k')])
  const claimed = await claims(a, 1)
  await w.sql(statements(w.schema).hold.text, [1, 0, encodeIds([]), 0])
  expect(await b.move([move(claimed[0]!.lease.id, 'dead')])).toEqual([])
})

test('a claim that overtakes a settle on its way does not leave what has ended among what is being worked on', async () => {
  await using w = await world()
  const a = await w.store()
  await claim(a)
  await a.accept([message('1', 'k'), message('2', 'other')])
  const first = await claims(a, 2)
  await a.accept([message('3', 'third')])
  const lock = await w.session()
  await lock.sql('BEGIN')
  await lock.sql('SELECT 1 FROM S.inflight FOR UPDATE')
  const fault = { code: 'NO', message: 'no', retryable: false, fingerprint: 'f' }
  const settling = a.settle([{ as: 'dead', lease: first[0]!.lease, fault, lane: 'hold' }])
  await w.waits('inflight AS y')
  const claiming = claims(a, 1)
  await w.waits('inflight AS y', 2)
  await lock.sql('COMMIT')
  expect(await settling).toEqual(['ok'])
  const held = await w.sql<{ ids: Buffer }>('SELECT ids FROM S.inflight')
  const expected = [first[1]!, ...(await claiming)].map(({ lease }) => Number(lease.id))
  expect(decodeIds(held[0]!.ids)).toEqual(expected)
})

test('a dead letter that another process replays comes at its old place, before what was accepted after it', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  await claim(a)
  await a.accept([message('1', 'k'), message('2', 'k'), message('3', 'k'), message('x', 'other')])
  const first = await claims(a, 2)
  const fault = { code: 'NO', message: 'no', retryable: false, fingerprint: 'f' }
  await a.settle(first.map(({ lease }) => ({ as: 'dead', lease, fault, lane: 'hold' })))
  expect(await claim(a)).toEqual([])
  const { work } = (await b.find({ states: ['dead'], key: 'k', limit: 9 })).items[0]!
  expect(await b.move([{ ...move(work, 'ready'), body: new TextEncoder().encode('mended') }])).toEqual([work])
  const [again] = await claims(a, 1)
  expect(again).toMatchObject({ message: { id: '1' }, replays: 1 })
  expect(new TextDecoder().decode(again!.message.body)).toBe('mended')
  await a.settle([done(again!)])
  expect(await drain(a, 2)).toEqual(['2', '3'])
})

test('a replay is delivered although the word of it was lost', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  await claim(a)
  await a.accept([message('1', 'k')])
  const [first] = await claims(a, 1)
  const fault = { code: 'NO', message: 'no', retryable: false, fingerprint: 'f' }
  await a.settle([{ as: 'dead', lease: first!.lease, fault, lane: 'release' }])
  // B's session, which would carry the word, is stopped by a lock until it is killed: B's process dies after its commit.
  const lock = await w.session()
  await lock.sql('BEGIN')
  await lock.sql('SELECT 1 FROM S.worker WHERE id = 2 FOR UPDATE')
  await until('B stands still', async () => {
    const rows = await w.sql(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE%lease_until%' AND wait_event_type = 'Lock'",
    )
    return rows.length > 0
  })
  const letter = first!.lease.id
  expect(await b.move([move(letter, 'ready')])).toEqual([letter])
  await w.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE%lease_until%' AND wait_event_type = 'Lock'",
  )
  await lock.sql('COMMIT')
  expect(await drain(a, 1)).toEqual(['1'])
})
