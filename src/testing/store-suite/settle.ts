import assert from 'node:assert/strict'
import type { Laws } from './law.ts'
import { FAULT, forged, ids, SHORT_MS } from './scene.ts'

export const settleLaws: Laws = {
  'done and skipped work is over, and its record says how': async (scene) => {
    await scene.accept('a', { key: '1' })
    await scene.accept('b', { key: '2' })
    const [a, b] = await scene.take(2)
    await scene.done(a!)
    await scene.settle({ lease: b!.lease, as: 'skip', why: 'test order' })
    await scene.nothing()
    const [first, second] = await scene.store.history([a!.lease.id, b!.lease.id])
    assert.equal(first?.state, 'delivered')
    assert.equal(second?.state, 'skipped')
    assert.equal(second?.why, 'test order')
    assert.ok(second!.settledAtMs! >= second!.acceptedAtMs)
    assert.deepEqual([first?.attempts, second?.attempts], [1, 1])
  },

  'finished work counts the attempt that finished it': async (scene) => {
    await scene.accept('a')
    await scene.retry(await scene.one())
    await scene.retry(await scene.one())
    const [pending] = (await scene.store.find({ id: 'a', limit: 1 })).items
    assert.deepEqual([pending?.state, pending?.attempts], ['pending', 2])
    await scene.done(await scene.one())
    const [delivered] = (await scene.store.find({ id: 'a', limit: 1 })).items
    assert.deepEqual([delivered?.state, delivered?.attempts], ['delivered', 3])
  },

  'a retry waits, counts as an attempt, and comes before everything later of its key': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    const first = await scene.one()
    await scene.retry(first, SHORT_MS)
    const [row] = (await scene.store.find({ id: 'a', limit: 1 })).items
    assert.deepEqual([row?.state, row?.attempts, row?.fault?.code], ['pending', 1, FAULT.code])
    assert.ok(row!.dueAtMs! >= row!.acceptedAtMs + SHORT_MS)
    await scene.accept('other', { key: 'k2' })
    assert.deepEqual(ids(await scene.take(1)), ['other'])
    await scene.nothing()
    await scene.pass(SHORT_MS)
    const again = await scene.one()
    assert.deepEqual([again.message.id, again.attempt, again.crashes], ['a', 1, 0])
    assert.equal(again.effect, first.effect)
    assert.ok(again.lease.token > first.lease.token)
    await scene.retry(again)
    assert.equal((await scene.one()).attempt, 2)
  },

  'a wait is no attempt': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    await scene.settle({ lease: (await scene.one()).lease, as: 'wait', afterMs: SHORT_MS, why: 'breaker open' })
    await scene.nothing()
    assert.equal((await scene.store.find({ id: 'a', limit: 1 })).items[0]?.why, 'breaker open')
    assert.equal((await scene.store.status()).waiting, 1)
    await scene.pass(SHORT_MS)
    const again = await scene.one()
    assert.deepEqual([again.message.id, again.attempt], ['a', 0])
    await scene.settle({ lease: again.lease, as: 'wait', afterMs: 0, why: 'shutdown' })
    assert.equal((await scene.one()).message.id, 'a')
  },

  'what an outcome emits is accepted with it, once': async (scene) => {
    await scene.accept('a')
    await scene.accept('b')
    const a = await scene.one()
    const emit = [
      scene.message('a.1', { source: 'orders', flow: 'mail' }),
      scene.message('a.2', { source: 'orders', flow: 'mail' }),
    ]
    await scene.settle({ lease: a.lease, as: 'done', emit })
    assert.deepEqual(await scene.store.settle([{ lease: a.lease, as: 'done', emit: [scene.message('a.3')] }]), [
      'stale',
    ])
    const b = await scene.one()
    await scene.settle({ lease: b.lease, as: 'done', emit })
    assert.deepEqual(await scene.drain(['orders', 'mail']), ['a.1', 'a.2'])
  },

  'only the holder of the newest lease settles': async (scene) => {
    await scene.accept('a')
    const { lease } = await scene.one()
    const wrong = [
      forged(lease, { token: lease.token - 1 }),
      forged(lease, { token: lease.token + 1 }),
      forged(lease, { owner: 'somebody' }),
      forged(lease, { id: '999999' }),
      forged(lease, { id: 'nonsense' }),
    ]
    const settled = await scene.store.settle(wrong.map((one) => ({ lease: one, as: 'done' })))
    assert.deepEqual(settled, ['stale', 'stale', 'stale', 'stale', 'stale'])
    assert.equal((await scene.store.status()).delivered, 0)
    assert.deepEqual(await scene.store.settle([{ lease, as: 'done' }]), ['ok'])
    assert.deepEqual(await scene.store.settle([{ lease, as: 'done' }]), ['stale'])
  },

  'of two outcomes of one lease in a batch the first counts': async (scene) => {
    await scene.accept('a')
    const { lease } = await scene.one()
    const settled = await scene.store.settle([
      { lease, as: 'done' },
      { lease, as: 'retry', afterMs: 0, fault: FAULT },
    ])
    assert.deepEqual(settled, ['ok', 'stale'])
    await scene.nothing()
    assert.equal((await scene.store.status()).delivered, 1)
  },

  'a settle that comes after a retry of the same lease is stale': async (scene) => {
    await scene.accept('a')
    const first = await scene.one()
    await scene.retry(first)
    const second = await scene.one()
    assert.deepEqual(await scene.store.settle([{ lease: first.lease, as: 'done' }]), ['stale'])
    await scene.done(second)
  },
}
