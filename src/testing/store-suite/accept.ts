import assert from 'node:assert/strict'
import type { Laws } from './law.ts'
import { FAULT, HASHED_ALIKE, ids, SHORT_MS, text } from './scene.ts'

export const acceptLaws: Laws = {
  'what is claimed is what was accepted, to the byte': async (scene) => {
    const body = Uint8Array.from([0, 1, 127, 128, 255, 10, 13, 0])
    const attributes = { subject: 'größe/7', time: '2026-11-22T10:00:00Z' }
    await scene.accept('a', { body, attributes, key: 'κ\u0000"\'' })
    const work = await scene.one()
    assert.deepEqual([...work.message.body], [...body])
    assert.deepEqual({ ...work.message.attributes }, attributes)
    assert.equal(work.message.source, 'shop')
    assert.equal(work.message.type, 'order.placed')
    assert.equal(work.key, 'κ\u0000"\'')
    assert.equal(work.effect, 'effect-orders-a')
    assert.deepEqual([work.attempt, work.crashes, work.replays, work.journal.length], [0, 0, 0, 0])
  },

  'an empty batch and an empty body are fine': async (scene) => {
    assert.deepEqual(await scene.store.accept([]), [])
    await scene.accept('a', { body: '' })
    assert.equal((await scene.one()).message.body.length, 0)
  },

  'a repeated message is reported and not stored': async (scene) => {
    await scene.accept('a')
    assert.deepEqual(await scene.store.accept([scene.message('a', { body: 'other' })]), [{ id: 'a', duplicate: true }])
    const work = await scene.one()
    assert.equal(text(work.message.body), 'a')
    await scene.done(work)
    assert.deepEqual(await scene.store.accept([scene.message('a')]), [{ id: 'a', duplicate: true }])
    await scene.nothing()
    assert.equal((await scene.store.status()).duplicates, 2)
  },

  'source and id together are the identity': async (scene) => {
    const pairs = [
      ['x', 'y z'],
      ['x y', 'z'],
      ['x', 'y'],
      ['y', 'x'],
    ] as const
    const taken = await scene.store.accept(pairs.map(([source, id]) => scene.message(id, { source })))
    assert.deepEqual(
      taken.map((one) => one.duplicate),
      [false, false, false, false],
    )
  },

  'two messages whose identities have one hash are two messages': async (scene) => {
    const [one, other] = HASHED_ALIKE
    await scene.accept(one, { source: 's' })
    await scene.accept(other, { source: 's' })
    const again = await scene.store.accept([scene.message(other, { source: 's' }), scene.message(one, { source: 's' })])
    assert.deepEqual(
      again.map((message) => message.duplicate),
      [true, true],
    )
    assert.deepEqual(await scene.drain(), [one, other])
  },

  'of one message repeated inside a batch, only the first is stored': async (scene) => {
    const taken = await scene.store.accept(['a', 'b', 'a', 'b', 'a'].map((id) => scene.message(id)))
    assert.deepEqual(
      taken.map((one) => one.duplicate),
      [false, false, true, true, true],
    )
    assert.deepEqual(await scene.drain(), ['a', 'b'])
  },

  'of one message accepted many times at once, exactly one is new': async (scene) => {
    const calls = Array.from({ length: 20 }, () => scene.store.accept([scene.message('a'), scene.message('b')]))
    const fresh = (await Promise.all(calls)).flat().filter((one) => !one.duplicate)
    assert.deepEqual(fresh.map((one) => one.id).sort(), ['a', 'b'])
    assert.deepEqual(await scene.drain(), ['a', 'b'])
  },

  'a message for several flows gives one piece of work each': async (scene) => {
    const deliveries = [
      { flow: 'orders', key: '1', effect: 'e1' },
      { flow: 'mail', key: '2', effect: 'e2' },
    ]
    await scene.accept('a', { deliveries })
    const works = await scene.take(2, ['orders', 'mail'])
    assert.deepEqual(works.map((work) => `${work.flow} ${work.key} ${work.effect}`).sort(), [
      'mail 2 e2',
      'orders 1 e1',
    ])
    assert.notEqual(works[0]!.lease.id, works[1]!.lease.id)
    await scene.done(...works)
    assert.equal((await scene.store.status()).delivered, 2)
  },

  'order holds between messages that share only some flows': async (scene) => {
    const to = (flow: string): { flow: string; key: string; effect: string } => ({ flow, key: 'k', effect: 'e' })
    await scene.store.accept([
      scene.message('a', { deliveries: [to('orders'), to('mail')] }),
      scene.message('b', { deliveries: [to('mail')] }),
      scene.message('c', { deliveries: [to('mail'), to('orders')] }),
    ])
    assert.deepEqual(await scene.drain(['mail']), ['a', 'b', 'c'])
    assert.deepEqual(await scene.drain(['orders']), ['a', 'c'])
  },

  'a message that no flow takes is recorded as skipped': async (scene) => {
    await scene.accept('a', { deliveries: [] })
    await scene.nothing()
    const [row] = (await scene.store.find({ id: 'a', limit: 5 })).items
    assert.equal(row?.state, 'skipped')
    assert.equal(row?.why, 'no flow takes this type')
    assert.deepEqual(await scene.store.accept([scene.message('a')]), [{ id: 'a', duplicate: true }])
    assert.equal((await scene.store.status()).skipped, 1)
  },

  'a quarantined message is set aside with its body, and a corrected repeat is accepted': async (scene) => {
    await scene.accept('a', { quarantine: FAULT, body: 'bad' })
    await scene.nothing()
    assert.deepEqual(await scene.store.accept([scene.message('a', { quarantine: FAULT })]), [
      { id: 'a', duplicate: true },
    ])
    await scene.accept('a', { body: 'good' })
    assert.equal(text((await scene.one()).message.body), 'good')
    const [row] = (await scene.store.find({ states: ['quarantined'], limit: 5 })).items
    assert.deepEqual(row?.fault, FAULT)
    assert.equal(text((await scene.store.history([row!.work]))[0]?.body), 'bad')
    const status = await scene.store.status()
    assert.deepEqual([status.quarantined, status.accepted, status.pending], [1, 1, 1])
  },

  'a delayed message waits, and what follows it in its lane waits behind it': async (scene) => {
    await scene.accept('late', { delayMs: SHORT_MS })
    await scene.accept('next')
    await scene.accept('other', { key: 'k2' })
    assert.deepEqual(ids(await scene.take(1)), ['other'])
    await scene.pass(SHORT_MS)
    const work = await scene.one()
    assert.equal(work.message.id, 'late')
    await scene.done(work)
    assert.equal((await scene.one()).message.id, 'next')
  },
}
