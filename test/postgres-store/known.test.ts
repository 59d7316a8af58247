import { expect, test } from 'vitest'
import { claim, claims, done, drain, message, until, world } from './world.ts'

/** As the upkeep changes the generation; see upkeep.ts. */
const ROTATE = [
  'LOCK TABLE S.mark_1 IN ACCESS EXCLUSIVE MODE',
  'UPDATE S.generation SET n = n + 1',
  'TRUNCATE S.mark_1',
] as const

test('a duplicate is recognised across a change of generation that comes while it is on its way', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('1', 'k')])
  const rotation = await w.session()
  await rotation.sql('BEGIN')
  await rotation.sql(ROTATE[0])
  const accepting = store.accept([message('1', 'k'), message('2', 'k')])
  await w.waits('INSERT INTO S.mark_')
  await rotation.sql(ROTATE[1])
  await rotation.sql(ROTATE[2])
  await rotation.sql('COMMIT')
  expect(await accepting).toEqual([
    { id: '1', duplicate: true },
    { id: '2', duplicate: false },
  ])
  expect(await store.accept([message('2', 'k')])).toEqual([{ id: '2', duplicate: true }])
  expect(await drain(store, 2)).toEqual(['1', '2'])
})

test('a change of generation waits for an append that is under way, and loses nothing of it', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('0', 'k')])
  const lock = await w.session()
  await lock.sql('BEGIN')
  await lock.sql('LOCK TABLE S.msg IN SHARE MODE') // taken by the append after its marks are locked
  const accepting = store.accept([message('1', 'k')])
  await w.waits('INSERT INTO S.mark_')
  const rotation = await w.session()
  await rotation.sql('BEGIN')
  const rotating = rotation.sql(ROTATE[0])
  await w.waits(ROTATE[0])
  await lock.sql('COMMIT')
  await accepting
  await rotating
  await rotation.sql(ROTATE[1])
  await rotation.sql(ROTATE[2])
  await rotation.sql('COMMIT')
  expect(await store.accept([message('1', 'k')])).toEqual([{ id: '1', duplicate: true }])
  expect(await drain(store, 2)).toEqual(['0', '1'])
})

test('a settle that emits and a change of generation do not lock each other out', async () => {
  await using w = await world()
  const store = await w.store()
  await store.accept([message('1', 'k')])
  const [first] = await claims(store, 1)
  const rotation = await w.session()
  await rotation.sql('BEGIN')
  await rotation.sql("SET LOCAL lock_timeout = '10s'")
  await rotation.sql("SET LOCAL deadlock_timeout = '10s'") // the other one would be the victim
  await rotation.sql(ROTATE[0])
  const settling = store.settle([{ ...done(first!), emit: [message('emitted', 'k2')] }]).catch(() => undefined)
  await w.waits('INSERT INTO S.mark_')
  await rotation.sql(ROTATE[1])
  await rotation.sql(ROTATE[2])
  await rotation.sql('COMMIT')
  // What it emits was meant for the other table: refused as a whole, and taken when it is tried again.
  let settled = await settling
  await until('it is settled', async () => {
    settled ??= await store.settle([{ ...done(first!), emit: [message('emitted', 'k2')] }]).catch((error: Error) => {
      expect(error.message).toContain('known messages has changed')
      return undefined
    })
    return settled !== undefined
  })
  expect(settled).toEqual(['ok'])
  expect(await drain(store, 1)).toEqual(['emitted'])
})

test('appends of the same messages in opposite orders store each once', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  const batch = Array.from({ length: 300 }, (_, i) => message(`m${i}`, `k${i}`))
  for (let round = 0; round < 10; round++) {
    const these = batch.map((one) => ({ ...one, id: `${one.id}-${round}` }))
    const [one, other] = await Promise.all([a.accept(these), b.accept(these.toReversed())])
    const fresh = [...one, ...other].filter(({ duplicate }) => !duplicate).map(({ id }) => id)
    expect(fresh.toSorted()).toEqual(these.map(({ id }) => id).toSorted())
  }
  await claim(a, 0)
  expect((await a.status()).pending).toBe(3_000)
})

test('an append that meets its own message under way elsewhere waits for the outcome', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  const lock = await w.session()
  for (const [id, end] of [
    ['kept', 'COMMIT'],
    ['gone', 'TERMINATE'],
  ] as const) {
    await lock.sql('BEGIN')
    await lock.sql('LOCK TABLE S.tally IN ACCESS EXCLUSIVE MODE')
    const outcome = a.accept([message(id, 'k')]).then(
      ([one]) => one!.duplicate,
      () => 'rejected',
    )
    await w.waits('INSERT INTO S.mark_')
    const second = b.accept([message(id, 'k')])
    await w.waits('INSERT INTO S.mark_', 2)
    if (end === 'TERMINATE') await w.terminate(1)
    if (end === 'TERMINATE') expect(await outcome).toBe('rejected')
    await lock.sql('COMMIT')
    const results = [await outcome, (await second)[0]!.duplicate]
    expect(results.filter((one) => one === false)).toHaveLength(1)
  }
  expect(await drain(b, 2)).toEqual(['kept', 'gone'])
})
