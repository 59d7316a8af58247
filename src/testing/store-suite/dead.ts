import assert from 'node:assert/strict'
import type { Laws } from './law.ts'
import { FAULT, ids, SHORT_MS, text } from './scene.ts'

export const deadLaws: Laws = {
  'a dead letter keeps its cause, its counters and its own body': async (scene) => {
    await scene.accept('a', { body: 'the body', attributes: { subject: 's' } })
    await scene.retry(await scene.one())
    const work = await scene.one()
    await scene.dead(work, 'release')
    await scene.nothing()
    await scene.store.purge(0, 1_000)
    const [letter] = await scene.store.history([work.lease.id])
    assert.equal(letter?.state, 'dead')
    assert.deepEqual(letter?.fault, FAULT)
    assert.equal(letter?.attempts, 2) // the one that buried it included
    assert.equal(letter?.effect, work.effect)
    assert.equal(text(letter?.body), 'the body')
    assert.deepEqual({ ...letter?.attributes }, { subject: 's' })
    assert.deepEqual(
      letter?.trail.map((entry) => entry.what),
      ['retry', 'dead'],
    )
  },

  'behind a dead letter that holds, its lane waits and others go on': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    await scene.accept('other', { key: 'k2' })
    const [a] = await scene.take(2)
    await scene.dead(a!, 'hold')
    await scene.nothing()
    await scene.accept('c')
    await scene.accept('more', { key: 'k3' })
    assert.deepEqual(ids(await scene.take(1)), ['more'])
    assert.equal((await scene.store.status()).waiting, 1)
    await scene.nothing()
  },

  'a replay comes back at its old place with its old idempotency key': async (scene) => {
    await scene.store.accept(['a', 'b', 'c'].map((id) => scene.message(id)))
    const a = await scene.one()
    await scene.dead(a, 'hold')
    assert.deepEqual(await scene.store.move([{ work: a.lease.id, to: 'ready', why: 'CRM repaired' }]), [a.lease.id])
    const again = await scene.one()
    assert.deepEqual([again.lease.id, again.message.id, again.effect], [a.lease.id, 'a', a.effect])
    assert.deepEqual([again.attempt, again.replays, text(again.message.body)], [0, 1, 'a'])
    await scene.nothing()
    await scene.done(again)
    assert.deepEqual(await scene.drain(), ['b', 'c'])
    const [history] = await scene.store.history([a.lease.id])
    assert.deepEqual(
      history?.trail.map((entry) => entry.what),
      ['dead', 'replay'],
    )
    assert.equal(history?.trail[1]?.why, 'CRM repaired')
  },

  'work released past a dead letter does not lose its place to a replay': async (scene) => {
    await scene.store.accept(['a', 'b', 'c', 'd'].map((id) => scene.message(id)))
    const a = await scene.one()
    await scene.dead(a, 'release')
    const b = await scene.one()
    assert.equal(b.message.id, 'b')
    await scene.store.move([{ work: a.lease.id, to: 'ready', why: 'again' }])
    await scene.nothing()
    await scene.done(b)
    assert.deepEqual(await scene.drain(), ['a', 'c', 'd'])
  },

  'a replay may run before a younger dead letter that holds the lane': async (scene) => {
    await scene.store.accept(['a', 'b', 'c'].map((id) => scene.message(id)))
    const a = await scene.one()
    await scene.dead(a, 'release')
    const b = await scene.one()
    await scene.dead(b, 'hold')
    await scene.store.move([{ work: a.lease.id, to: 'ready', why: 'again' }])
    await scene.done(await scene.one())
    await scene.nothing()
    await scene.store.move([{ work: b.lease.id, to: 'discard', why: 'not needed' }])
    assert.deepEqual(await scene.drain(), ['c'])
  },

  'a discarded dead letter lets its lane go on and is recorded': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    const a = await scene.one()
    await scene.dead(a, 'hold')
    assert.deepEqual(await scene.store.move([{ work: a.lease.id, to: 'discard', why: 'test' }]), [a.lease.id])
    assert.equal((await scene.one()).message.id, 'b')
    assert.equal(await scene.state(a.lease.id), 'discarded')
    const status = await scene.store.status()
    assert.deepEqual([status.dead, status.discarded], [0, 1])
    assert.deepEqual(await scene.store.move([{ work: a.lease.id, to: 'ready', why: 'no' }]), [])
  },

  'a replay may carry an edited body': async (scene) => {
    await scene.accept('a', { body: 'wrong' })
    const a = await scene.one()
    await scene.dead(a, 'hold')
    const body = new TextEncoder().encode('right')
    await scene.store.move([{ work: a.lease.id, to: 'ready', why: 'edited', body }])
    const again = await scene.one()
    assert.equal(text(again.message.body), 'right')
    await scene.dead(again, 'hold')
    await scene.store.move([{ work: a.lease.id, to: 'ready', why: 'again' }])
    assert.equal(text((await scene.one()).message.body), 'right')
  },

  'the edited body of one flow never reaches another flow of the same message': async (scene) => {
    const deliveries = ['ledger', 'orders', 'mail'].map((flow) => ({ flow, key: 'k', effect: flow }))
    await scene.accept('a', { body: 'as sent', deliveries })
    await scene.done(await scene.one(['ledger']))
    const works = [await scene.one(['orders']), await scene.one(['mail'])]
    for (const work of works) await scene.dead(work, 'hold')
    const [orders, mail] = works.map(({ lease }) => lease.id)
    const body = new TextEncoder().encode('edited')
    await scene.store.move([{ work: orders!, to: 'ready', why: 'edited', body }])
    await scene.dead(await scene.one(['orders']), 'hold')
    await scene.pass(SHORT_MS)
    await scene.store.purge(1, 1_000) // the message itself goes
    await scene.store.move([{ work: orders!, to: 'ready', why: 'again' }])
    await scene.store.move([{ work: mail!, to: 'ready', why: 'again' }])
    assert.equal(text((await scene.one(['orders'])).message.body), 'edited')
    assert.equal(text((await scene.one(['mail'])).message.body), 'as sent')
  },

  'waiting work can be buried or discarded, and its lane goes on': async (scene) => {
    await scene.store.accept(['a', 'b', 'c', 'd'].map((id) => scene.message(id)))
    const rows = (await scene.store.find({ limit: 10 })).items
    const work = (id: string): string => rows.find((row) => row.id === id)!.work
    const moved = await scene.store.move([
      { work: work('a'), to: 'dead', why: 'poison' },
      { work: work('c'), to: 'discard', why: 'cancelled' },
    ])
    assert.deepEqual(moved, [work('a'), work('c')])
    assert.deepEqual(await scene.drain(), ['b', 'd'])
    const [buried] = await scene.store.history([work('a')])
    assert.deepEqual([buried?.state, buried?.fault?.code, text(buried?.body)], ['dead', 'BURIED', 'a'])
    await scene.store.move([{ work: work('a'), to: 'ready', why: 'after all' }])
    assert.deepEqual(await scene.drain(), ['a'])
  },

  'only work in a fitting state moves': async (scene) => {
    await scene.accept('a', { key: '1' })
    await scene.accept('b', { key: '2' })
    const [a, b] = await scene.take(2)
    await scene.done(a!)
    const moves = [a!, b!].flatMap(({ lease }) =>
      (['ready', 'discard', 'dead'] as const).map((to) => ({ work: lease.id, to, why: 'x' })),
    )
    assert.deepEqual(await scene.store.move([...moves, { work: '424242', to: 'ready', why: 'x' }]), [])
    await scene.done(b!)
  },

  'quarantined work can be replayed with a corrected body, or discarded': async (scene) => {
    await scene.accept('a', { quarantine: FAULT })
    await scene.accept('b', { quarantine: FAULT })
    const rows = (await scene.store.find({ states: ['quarantined'], limit: 5 })).items
    const body = new TextEncoder().encode('corrected')
    const moved = await scene.store.move([
      { work: rows[1]!.work, to: 'ready', why: 'contract relaxed', body },
      { work: rows[0]!.work, to: 'discard', why: 'useless' },
    ])
    assert.equal(moved.length, 2)
    assert.equal(text((await scene.one()).message.body), 'corrected')
    const status = await scene.store.status()
    assert.deepEqual([status.quarantined, status.discarded], [0, 1])
  },
}
