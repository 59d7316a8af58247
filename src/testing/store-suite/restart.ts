import assert from 'node:assert/strict'
import type { Laws } from './law.ts'
import { FAULT, ids, SHORT_MS, text } from './scene.ts'

export const restartLaws: Laws = {
  'after a restart waiting work is there, in order, and known messages are known': async (scene) => {
    await scene.store.accept(Array.from({ length: 30 }, (_, i) => scene.message(`m${i}`, { key: `k${i % 3}` })))
    await scene.done(...(await scene.take(3)))
    await scene.reopen()
    assert.deepEqual(await scene.store.accept([scene.message('m0'), scene.message('m7')]), [
      { id: 'm0', duplicate: true },
      { id: 'm7', duplicate: true },
    ])
    await scene.accept('new', { key: 'k0' })
    const order = await scene.drain()
    assert.equal(order.length, 28)
    const ofKey = (key: number): number[] =>
      order.filter((id) => id !== 'new' && Number(id.slice(1)) % 3 === key).map((id) => Number(id.slice(1)))
    for (const key of [0, 1, 2])
      assert.deepEqual(
        ofKey(key),
        [...ofKey(key)].sort((a, b) => a - b),
      )
    assert.ok(order.indexOf('new') > order.indexOf('m27'))
    const { accepted, delivered, duplicates } = await scene.store.status()
    assert.deepEqual([accepted, delivered, duplicates], [31, 31, 2])
  },

  'leases that a restart ended are crashes, and their tokens never come back': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    const lost = await scene.one()
    await scene.reopen()
    assert.deepEqual(await scene.store.settle([{ lease: lost.lease, as: 'done' }]), ['stale'])
    const found = await scene.one()
    assert.deepEqual([found.message.id, found.attempt, found.crashes], ['a', 0, 1])
    assert.ok(found.lease.token > lost.lease.token)
    assert.deepEqual(await scene.store.settle([{ lease: lost.lease, as: 'done' }]), ['stale'])
    await scene.reopen()
    assert.equal((await scene.one()).crashes, 2)
  },

  'work that was put back before the restart did not crash': async (scene) => {
    await scene.accept('a')
    await scene.retry(await scene.one(), SHORT_MS)
    await scene.reopen()
    await scene.pass(SHORT_MS)
    const work = await scene.one()
    assert.deepEqual([work.attempt, work.crashes], [1, 0])
  },

  'a wait goes on after a restart': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    await scene.retry(await scene.one(), 4 * SHORT_MS)
    await scene.reopen()
    await scene.nothing()
    await scene.pass(4 * SHORT_MS)
    assert.equal((await scene.one()).message.id, 'a')
  },

  'dead letters, holds and journals survive a restart': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    const a = await scene.one()
    await scene.store.append([{ lease: a.lease, position: 0, step: 's', kind: 'begun' }])
    await scene.dead(a, 'hold')
    await scene.reopen()
    await scene.nothing()
    const [row] = (await scene.store.find({ states: ['dead'], limit: 5 })).items
    assert.deepEqual(row?.fault, FAULT)
    await scene.store.move([{ work: row!.work, to: 'ready', why: 'again', body: new TextEncoder().encode('new') }])
    await scene.reopen()
    const again = await scene.one()
    assert.deepEqual([again.message.id, again.replays, text(again.message.body)], ['a', 1, 'new'])
    assert.deepEqual(
      again.journal.map((entry) => entry.kind),
      ['begun'],
    )
    assert.deepEqual(await scene.store.append([{ lease: again.lease, position: 1, step: 's', kind: 'done' }]), ['ok'])
    await scene.done(again)
    assert.deepEqual(ids(await scene.take(1)), ['b'])
  },

  'documents survive a restart': async (scene) => {
    await scene.store.write([{ key: 'a', expected: 0, body: 'one' }])
    await scene.reopen()
    assert.deepEqual({ ...(await scene.store.read(['a']))[0] }, { key: 'a', version: 1, body: 'one' })
  },
}
