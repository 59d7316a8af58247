import assert from 'node:assert/strict'
import type { Query } from '../../port/store.ts'
import type { Laws } from './law.ts'
import { FAULT, type Scene, SHORT_MS } from './scene.ts'

/** All message ids that a query finds, page by page. */
async function found(scene: Scene, query: Omit<Query, 'limit' | 'after'>, limit = 3): Promise<string[]> {
  const ids: string[] = []
  let page = await scene.store.find({ ...query, limit })
  for (;;) {
    assert.ok(page.items.length <= limit)
    ids.push(...page.items.map((row) => row.id))
    if (page.next === undefined) return ids
    page = await scene.store.find({ ...query, limit, after: page.next })
  }
}

async function mixed(scene: Scene): Promise<void> {
  await scene.store.accept(['a', 'b', 'c', 'd', 'e'].map((id) => scene.message(id, { key: id })))
  await scene.accept('f', { flow: 'mail', key: 'a', source: 'till' })
  await scene.accept('q', { quarantine: FAULT, key: 'q' })
  const [a, b, c, d] = await scene.take(4)
  await scene.done(a!)
  await scene.settle({ lease: b!.lease, as: 'skip', why: 'test' })
  await scene.dead(c!, 'hold')
  await scene.retry(d!, 60_000)
}

export const deskLaws: Laws = {
  'find: newest first, in pages, by state, flow, key, source, message id and fingerprint': async (scene) => {
    await mixed(scene)
    assert.deepEqual(await found(scene, {}), ['q', 'f', 'e', 'd', 'c', 'b', 'a'])
    assert.deepEqual(await found(scene, {}, 1), ['q', 'f', 'e', 'd', 'c', 'b', 'a'])
    assert.deepEqual(await found(scene, { states: ['pending'] }), ['f', 'e', 'd'])
    assert.deepEqual(await found(scene, { states: ['delivered', 'dead'] }), ['c', 'a'])
    assert.deepEqual(await found(scene, { states: ['skipped'] }), ['b'])
    assert.deepEqual(await found(scene, { states: ['quarantined'] }), ['q'])
    assert.deepEqual(await found(scene, { states: [] }), [])
    assert.deepEqual(await found(scene, { flow: 'mail' }), ['f'])
    assert.deepEqual(await found(scene, { key: 'a' }), ['f', 'a'])
    assert.deepEqual(await found(scene, { key: 'a', flow: 'orders' }), ['a'])
    assert.deepEqual(await found(scene, { source: 'till' }), ['f'])
    assert.deepEqual(await found(scene, { id: 'd' }), ['d'])
    assert.deepEqual(await found(scene, { id: 'd', source: 'till' }), [])
    assert.deepEqual(await found(scene, { id: 'unknown' }), [])
    assert.deepEqual(await found(scene, { flow: 'unknown' }), [])
    assert.deepEqual(await found(scene, { fingerprint: FAULT.fingerprint, states: ['dead'] }), ['c'])
  },

  'a row says who holds the work': async (scene) => {
    await scene.accept('a')
    assert.equal((await scene.store.find({ limit: 1 })).items[0]?.owner, undefined)
    await scene.one(undefined, undefined, 'worker-7')
    assert.equal((await scene.store.find({ limit: 1 })).items[0]?.owner, 'worker-7')
  },

  'history leaves out what it does not know': async (scene) => {
    await scene.accept('a')
    const { lease } = await scene.one()
    const rows = await scene.store.history([lease.id, '424242', 'nonsense'])
    assert.deepEqual(
      rows.map((row) => row.work),
      [lease.id],
    )
  },

  'a trail keeps the last 100 entries, oldest first': async (scene) => {
    await scene.accept('a')
    for (let i = 0; i < 105; i++) {
      const { lease } = await scene.one()
      await scene.settle({ lease, as: 'wait', afterMs: 0, why: `turn ${i}` })
    }
    const { lease } = await scene.one()
    const trail = (await scene.store.history([lease.id]))[0]!.trail
    assert.equal(trail.length, 100)
    assert.equal(trail[0]?.why, 'turn 5')
    assert.equal(trail[99]?.why, 'turn 104')
  },

  'every piece of work is counted in one place': async (scene) => {
    await mixed(scene)
    await scene.one()
    await scene.store.accept([scene.message('a')])
    await scene.pass(SHORT_MS)
    const { flows, oldestMs, ...counts } = await scene.store.status()
    assert.deepEqual(
      { ...counts },
      {
        accepted: 6,
        duplicates: 1,
        delivered: 1,
        skipped: 1,
        dead: 1,
        discarded: 0,
        quarantined: 1,
        pending: 3,
        leased: 1,
        waiting: 2,
      },
    )
    assert.deepEqual(
      [...flows].sort((a, b) => b.pending - a.pending).map(({ flow, pending }) => `${flow} ${pending}`),
      ['orders 2', 'mail 1'],
    )
    assert.ok(oldestMs >= SHORT_MS)
  },

  'an empty store counts nothing': async (scene) => {
    const { flows, ...counts } = await scene.store.status()
    assert.ok(Object.values(counts).every((count) => count === 0))
    assert.deepEqual(flows, [])
  },

  'purge drops finished work older than asked, and nothing else': async (scene) => {
    await mixed(scene)
    assert.equal(await scene.store.purge(60_000, 100), 0)
    await scene.pass(SHORT_MS)
    assert.equal(await scene.store.purge(1, 1), 1)
    assert.equal(await scene.store.purge(1, 100), 1)
    assert.equal(await scene.store.purge(1, 100), 0)
    assert.deepEqual((await found(scene, {})).sort(), ['c', 'd', 'e', 'f', 'q'])
    assert.deepEqual(await scene.store.accept([scene.message('a', { key: 'a' })]), [{ id: 'a', duplicate: true }])
    const status = await scene.store.status()
    assert.deepEqual([status.delivered, status.skipped, status.pending], [1, 1, 3])
  },

  'a message stays while one of its pieces of work needs it': async (scene) => {
    const deliveries = ['orders', 'mail'].map((flow) => ({ flow, key: 'k', effect: flow }))
    await scene.accept('a', { deliveries })
    await scene.done(await scene.one())
    await scene.pass(SHORT_MS)
    assert.equal(await scene.store.purge(1, 100), 1)
    assert.equal((await scene.one(['mail'])).message.body.length, 1)
  },
}
