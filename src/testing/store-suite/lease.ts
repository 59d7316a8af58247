import assert from 'node:assert/strict'
import type { Laws } from './law.ts'
import { ids, LEASE_MS, SHORT_MS } from './scene.ts'

export const leaseLaws: Laws = {
  'work whose lease has run out is ready again, counted as a crash, and its former holder is fenced': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    const lost = await scene.one(undefined, SHORT_MS)
    await scene.nothing()
    await scene.pass(SHORT_MS)
    const found = await scene.one()
    assert.deepEqual([found.message.id, found.attempt, found.crashes], ['a', 0, 1])
    assert.ok(found.lease.token > lost.lease.token)
    assert.equal(found.effect, lost.effect)
    assert.deepEqual(await scene.store.settle([{ lease: lost.lease, as: 'done' }]), ['stale'])
    assert.deepEqual(await scene.store.extend([lost.lease], LEASE_MS), [])
    await scene.done(found)
    assert.equal((await scene.one()).message.id, 'b')
  },

  'an extended lease lasts from now': async (scene) => {
    await scene.accept('a')
    const { lease } = await scene.one(undefined, SHORT_MS)
    assert.deepEqual(await scene.store.extend([lease], LEASE_MS), [lease])
    await scene.pass(SHORT_MS)
    await scene.nothing()
    assert.deepEqual(await scene.store.settle([{ lease, as: 'done' }]), ['ok'])
  },

  'a settle after the end of the lease is stale even if nobody else came': async (scene) => {
    await scene.accept('a')
    const { lease } = await scene.one(undefined, SHORT_MS)
    await scene.pass(SHORT_MS)
    assert.deepEqual(await scene.store.settle([{ lease, as: 'done' }]), ['stale'])
    assert.equal((await scene.store.status()).pending, 1)
  },

  'work that has crashed before is handed out alone': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id, { key: id })))
    await scene.take(2, undefined, SHORT_MS)
    await scene.pass(SHORT_MS)
    await scene.accept('fresh', { key: 'fresh' })
    const works = await scene.take(2)
    assert.ok(ids(works).includes('fresh'))
    const suspect = works.find((work) => work.message.id !== 'fresh')!
    assert.equal(suspect.crashes, 1)
    await scene.nothing()
    await scene.done(suspect)
    const next = await scene.take(1)
    assert.equal(next[0]?.crashes, 1)
    await scene.nothing()
  },
}
