import assert from 'node:assert/strict'
import type { Laws } from './law.ts'
import { HASHED_ALIKE, ids } from './scene.ts'

export const claimLaws: Laws = {
  'a lane gives one piece of work at a time, in the order of acceptance': async (scene) => {
    const batch = Array.from({ length: 12 }, (_, i) => scene.message(`m${i}`))
    await scene.store.accept(batch.slice(0, 5))
    await scene.store.accept(batch.slice(5))
    for (let i = 0; i < 12; i++) {
      const works = await scene.take(1)
      assert.deepEqual(ids(works), [`m${i}`])
      await scene.nothing()
      await scene.done(...works)
    }
    await scene.nothing()
  },

  'lanes are claimed oldest first, as many as asked for': async (scene) => {
    await scene.store.accept(['a', 'b', 'c', 'd'].map((id) => scene.message(id, { key: id })))
    assert.deepEqual(ids(await scene.claim(3)), ['a', 'b', 'c'])
    assert.deepEqual(ids(await scene.take(1)), ['d'])
    await scene.nothing()
  },

  'only flows that were asked for are claimed': async (scene) => {
    await scene.accept('a', { flow: 'orders' })
    await scene.accept('b', { flow: 'mail' })
    await scene.nothing(['nobody'])
    await scene.nothing([])
    assert.deepEqual(ids(await scene.take(1, ['mail'])), ['b'])
    await scene.nothing(['mail'])
    assert.deepEqual(ids(await scene.take(1, ['orders', 'nobody'])), ['a'])
  },

  'a deep flow does not keep another from its turn': async (scene) => {
    await scene.store.accept(
      Array.from({ length: 50 }, (_, i) => scene.message(`d${i}`, { flow: 'deep', key: `k${i}` })),
    )
    await scene.accept('a', { flow: 'small' })
    assert.ok(ids(await scene.claim(4, ['deep', 'small'])).includes('a'))
  },

  'two owners never hold the same lane': async (scene) => {
    await scene.store.accept(Array.from({ length: 40 }, (_, i) => scene.message(`m${i}`, { key: `k${i % 10}` })))
    const claims = await Promise.all([
      scene.take(5, undefined, undefined, 'one'),
      scene.take(5, undefined, undefined, 'two'),
    ])
    const keys = claims.flat().map((work) => work.key)
    assert.equal(keys.length, 10)
    assert.equal(new Set(keys).size, 10)
  },

  'two keys whose lanes have one hash are both served': async (scene) => {
    const [one, other] = HASHED_ALIKE
    await scene.store.accept([
      scene.message('a', { flow: 's', key: one }),
      scene.message('b', { flow: 's', key: other }),
      scene.message('c', { flow: 's', key: one }),
    ])
    assert.deepEqual(await scene.drain(['s']), ['a', 'b', 'c'])
  },

  'one deep key does not starve its neighbours, and keeps its order': async (scene) => {
    const hot = Array.from({ length: 60 }, (_, i) => `hot${i}`)
    await scene.store.accept(hot.map((id) => scene.message(id, { key: 'hot' })))
    const blocked = await scene.one()
    await scene.store.accept(['a', 'b', 'c'].map((id) => scene.message(id, { key: id })))
    const neighbours = await scene.take(3)
    assert.deepEqual(ids(neighbours), ['a', 'b', 'c'])
    await scene.done(blocked, ...neighbours)
    assert.deepEqual(await scene.drain(), hot.slice(1))
  },
}
