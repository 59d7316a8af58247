import { expect, test } from 'vitest'
import type { Claimed, JournalEntry, Store } from '../../src/port/store.ts'
import { claims, done, message, until, type World, world } from './world.ts'

const FAULT = { code: 'NO', message: 'no', retryable: true, fingerprint: 'f' }

const entry = ({ lease }: Claimed, position: number): JournalEntry => ({
  lease,
  position,
  step: `step ${position}`,
  kind: 'done',
  result: String(position),
})

async function again(store: Store, claimed: Claimed): Promise<Claimed> {
  await store.settle([{ as: 'retry', lease: claimed.lease, afterMs: 0, fault: FAULT }])
  return (await claims(store, 1))[0]!
}

async function goesOn(store: Store, claimed: Claimed, from: number): Promise<void> {
  expect(claimed.journal.map(({ position }) => position)).toEqual(Array.from({ length: from }, (_, i) => i))
  expect(await store.append([entry(claimed, from)])).toEqual(['ok'])
  expect(await store.settle([done(claimed)])).toEqual(['ok'])
}

test('a journal entry that was written twice, because an answer was lost, is one', async () => {
  await using w = await world()
  const a = await w.store()
  await a.accept([message('1', 'k')])
  const [first] = await claims(a, 1)
  expect(await a.append([entry(first!, 0), entry(first!, 1)])).toEqual(['ok', 'ok'])
  await w.sql('INSERT INTO S.trail(work, position, entry) SELECT work, position, entry FROM S.trail WHERE position = 0')
  await goesOn(a, await again(a, first!), 2)
})

test('another worker goes on behind it, too', async () => {
  await using w = await world()
  const a = await w.store()
  await a.accept([message('1', 'k')])
  const [first] = await claims(a, 1)
  await a.append([entry(first!, 0)])
  await w.sql('INSERT INTO S.trail(work, position, entry) SELECT work, position, entry FROM S.trail WHERE position = 0')
  await a[Symbol.asyncDispose]()
  const b = await w.store()
  await goesOn(b, (await claims(b, 1))[0]!, 1)
})

/** Holds the journal's table, ends the connection that writes it, and says whether the entry is there after all. */
async function loseAnswer(w: World, store: Store, claimed: Claimed, committed: boolean): Promise<void> {
  const lock = await w.session()
  await lock.sql('BEGIN')
  await lock.sql('LOCK TABLE S.trail IN EXCLUSIVE MODE')
  const appending = store.append([entry(claimed, 0)])
  await w.waits('S.trail')
  await w.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
  )
  await expect(appending).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await lock.sql('COMMIT')
  if (!committed) return
  const { id } = claimed.lease
  const stored = JSON.stringify({
    what: 'done',
    step: 'step 0',
    result: '0',
    owner: 'test',
    token: claimed.lease.token,
  })
  await w.sql('INSERT INTO S.trail(work, position, entry) VALUES ($1, 0, $2)', [id, stored])
  await w.sql('INSERT INTO S.wait(id, attempt, crashes, replays, journal, due) VALUES ($1, 0, 0, 0, 1, 0)', [id])
}

test.each([true, false])('an entry whose answer was lost is looked up (committed: %s)', async (committed) => {
  await using w = await world()
  const a = await w.store()
  await a.accept([message('1', 'k')])
  const [first] = await claims(a, 1)
  await loseAnswer(w, a, first!, committed)
  let next: Claimed | undefined
  await until('it is put back', async () => {
    next = await again(a, first!).catch(() => undefined)
    return next !== undefined
  })
  await goesOn(a, next!, committed ? 1 : 0)
})
