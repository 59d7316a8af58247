import { expect, test } from 'vitest'
import { Line } from '../../src/adapter/store/postgres/line.ts'
import { settingsOf } from '../../src/adapter/store/postgres/options.ts'
import { Worker } from '../../src/adapter/store/postgres/worker.ts'
import { type World, world } from './world.ts'

/** A worker on its own, whose connection can lose the answer of a statement, or the statement itself. */
class LossyLine extends Line {
  lose: 'answer' | 'question' | undefined
  of = ''
  readonly sent: string[] = []

  override async run(text: string, values: readonly unknown[] = []): ReturnType<Line['run']> {
    const lost = this.lose !== undefined && text.includes(this.of)
    if (lost && this.lose === 'question') throw new Error('connection lost')
    const result = await super.run(text, values)
    if (lost) throw new Error('connection lost')
    this.sent.push(text)
    return result
  }

  next(lose: 'answer' | 'question' | undefined, of = ''): void {
    this.lose = lose
    this.of = of
  }
}

async function workerOf(w: World): Promise<{ worker: Worker; session: LossyLine; lost: number[] } & AsyncDisposable> {
  const settings = settingsOf(w.url, { schema: w.schema })
  const session = new LossyLine(settings, 'test', false)
  const lost: number[] = []
  const worker = new Worker({
    settings,
    host: 'test',
    session,
    lost: () => lost.push(session.sent.length),
    changed: () => worker.admit(worker.coming),
    idle: () => true,
    notify: () => undefined,
  })
  await worker.register()
  return { worker, session, lost, [Symbol.asyncDispose]: () => session.close() }
}

async function inTables(w: World, worker: Worker): Promise<number[]> {
  const rows = await w.sql<{ id: number }>('SELECT id FROM S.shard WHERE owner = $1 AND flow = 1 ORDER BY id', [
    worker.id,
  ])
  return rows.map(({ id }) => id)
}

function inMemory(worker: Worker): number[] {
  return [...(worker.owned.get(1) ?? [])].toSorted((a, b) => a - b)
}

test('a flow that was asked for while the database was away is served when it is back', async () => {
  await using w = await world()
  await w.store()
  await using one = await workerOf(w)
  one.session.next('question', 'shard')
  await expect(one.worker.want([1])).rejects.toThrow('connection lost')
  one.session.next(undefined)
  await one.worker.tick()
  expect(inMemory(one.worker)).toHaveLength(64)
})

test('shards that were taken by a statement whose answer was lost are handed out', async () => {
  await using w = await world()
  await w.store()
  await using one = await workerOf(w)
  one.session.next('answer', 'SET owner = $1')
  await expect(one.worker.want([1])).rejects.toThrow('connection lost')
  one.session.next(undefined)
  await one.worker.tick()
  expect(inMemory(one.worker)).toEqual(await inTables(w, one.worker))
  expect(inMemory(one.worker)).toHaveLength(64)
})

test('shards that were given away by a statement whose answer was lost are not handed out', async () => {
  await using w = await world()
  await w.store()
  await using one = await workerOf(w)
  await one.worker.want([1])
  const second =
    "INSERT INTO S.worker(id, host, direct, flows, lease_until) VALUES (77, 'x', false, '{1}', now() + interval '1 h')"
  await w.sql(second)
  one.session.next('answer', 'SET owner = NULL')
  await expect(one.worker.tick()).rejects.toThrow('connection lost')
  one.session.next(undefined)
  // The other took them, and then stopped to ask for this flow: there is room for them again, but they are not ours.
  await w.sql('UPDATE S.shard SET owner = 77 WHERE owner IS NULL')
  await w.sql("UPDATE S.worker SET flows = '{}' WHERE id = 77")
  await one.worker.tick()
  expect(inMemory(one.worker)).toEqual(await inTables(w, one.worker))
  expect(inMemory(one.worker)).toHaveLength(32)
})

test('two at once share out one after the other', async () => {
  await using w = await world()
  await w.store()
  await using one = await workerOf(w)
  await one.worker.want([1])
  await w.sql(
    "INSERT INTO S.worker(id, host, direct, flows, lease_until) VALUES (77, 'x', false, '{1}', now() + interval '1 h')",
  )
  const giving = one.worker.balance()
  await w.sql('DELETE FROM S.worker WHERE id = 77')
  await Promise.all([giving, one.worker.balance(), one.worker.balance(), one.worker.want([2])])
  expect(inMemory(one.worker)).toEqual(await inTables(w, one.worker))
})

test('a worker that was replaced forgets what it handed out before anything can be settled in its new name', async () => {
  await using w = await world()
  await w.store()
  await using one = await workerOf(w)
  await one.worker.want([1])
  const before = one.worker.id
  await w.sql('DELETE FROM S.worker WHERE id = $1', [before])
  one.session.sent.length = 0
  await one.worker.resume()
  expect(one.worker.id).toBeGreaterThan(before)
  const registered = one.session.sent.findIndex((text) => text.startsWith('INSERT INTO S.worker'))
  expect(one.lost).toEqual([registered + 1])
  expect(inMemory(one.worker)).toEqual(await inTables(w, one.worker))
})
