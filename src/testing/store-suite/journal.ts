import assert from 'node:assert/strict'
import type { Claimed, JournalEntry } from '../../port/store.ts'
import type { Laws } from './law.ts'
import { FAULT, SHORT_MS } from './scene.ts'

function entry(work: Claimed, position: number, kind: JournalEntry['kind'], step = 'charge'): JournalEntry {
  return { lease: work.lease, position, step, kind }
}

export const journalLaws: Laws = {
  'a journal is read back in order by the next holder': async (scene) => {
    await scene.accept('a')
    const first = await scene.one()
    assert.deepEqual(await scene.store.append([entry(first, 0, 'begun')]), ['ok'])
    const done: JournalEntry = { ...entry(first, 1, 'done'), result: '{"id":7}' }
    const failed: JournalEntry = { ...entry(first, 2, 'failed', 'ship'), fault: FAULT }
    assert.deepEqual(await scene.store.append([done, failed]), ['ok', 'ok'])
    await scene.retry(first)
    const { journal, lease } = await scene.one()
    assert.deepEqual(
      journal.map(({ position, step, kind, result, fault }) => ({ position, step, kind, result, fault })),
      [
        { position: 0, step: 'charge', kind: 'begun', result: undefined, fault: undefined },
        { position: 1, step: 'charge', kind: 'done', result: '{"id":7}', fault: undefined },
        { position: 2, step: 'ship', kind: 'failed', result: undefined, fault: FAULT },
      ],
    )
    const [history] = await scene.store.history([lease.id])
    assert.deepEqual(
      history?.trail.map((one) => one.what),
      ['begun', 'done', 'failed', 'retry'],
    )
  },

  'an entry at a wrong position is refused': async (scene) => {
    await scene.accept('a')
    const work = await scene.one()
    assert.deepEqual(await scene.store.append([entry(work, 1, 'begun')]), ['stale'])
    assert.deepEqual(await scene.store.append([entry(work, 0, 'begun'), entry(work, 0, 'done')]), ['ok', 'stale'])
    assert.deepEqual(await scene.store.append([entry(work, 0, 'begun')]), ['stale'])
    await scene.retry(work)
    assert.equal((await scene.one()).journal.length, 1)
  },

  'a former holder does not append': async (scene) => {
    await scene.accept('a')
    const lost = await scene.one(undefined, SHORT_MS)
    assert.deepEqual(await scene.store.append([entry(lost, 0, 'begun')]), ['ok'])
    await scene.pass(SHORT_MS)
    assert.deepEqual(await scene.store.append([entry(lost, 1, 'done')]), ['stale'])
    const found = await scene.one()
    assert.deepEqual(
      found.journal.map((one) => one.kind),
      ['begun'],
    )
    assert.deepEqual(await scene.store.append([entry(lost, 1, 'done')]), ['stale'])
    assert.deepEqual(await scene.store.append([entry(found, 1, 'done')]), ['ok'])
  },
}
