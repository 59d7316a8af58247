import { tieline } from 'tieline'
import { memory } from 'tieline/memory'
import { describe, expect, it } from 'vitest'
import type { Outbox } from '../../src/port/outbox.ts'
import { flows, listOutbox, relayWorld } from './relay-world.ts'
import { useScene } from './scene.ts'
import { placed, shop } from './shop.ts'

const never = (): Promise<never> => new Promise(() => {})
/** A process that dies at a verb: it never comes back from it. */
const dyingAt = (verb: 'take' | 'done', outbox: Outbox): Outbox => ({ ...outbox, [verb]: never })

describe('the relay', () => {
  it('moves messages in by the door of all others: contract, identity, key', async () => {
    const world = await relayWorld()
    const outbox = listOutbox()
    outbox.put('a', 1)
    outbox.put('b', 'two')
    outbox.put('c', 'x', { body: '{"half' })
    outbox.put('d', 'x', { body: `${'['.repeat(65)}${']'.repeat(65)}` })
    outbox.put('b', 'two') // the same identity again
    outbox.put('b', 'three')
    const engine = world.process('one', outbox)
    await engine.start()
    await world.until(() => world.delivered.length === 2 && outbox.messages.length === 0)
    expect(world.delivered).toEqual(['two', 'three'])
    const { items } = await world.store.find({ states: ['quarantined'], limit: 10 })
    expect(items.map(({ id, fault }) => [id, fault?.code, fault?.message]).reverse()).toEqual([
      ['a-1', 'CONTRACT_BROKEN', expect.stringMatching(/^shop order\.placed: note /)],
      ['c-x', 'BODY_MALFORMED', 'the stored body is not what its content type says'],
      ['d-x', 'BODY_MALFORMED', 'the body is nested deeper than 64 levels'],
    ])
    expect(await world.store.status()).toMatchObject({ delivered: 2, duplicates: 1, quarantined: 3, pending: 0 })
    const broken = items.find(({ id }) => id === 'a-1')
    await engine.desk.edit(broken?.work ?? '', Buffer.from('{"id":"a","note":"corrected"}'), 'a test')
    await world.until(() => world.delivered.length === 3)
    expect(world.delivered[2]).toBe('corrected')
    expect((await world.store.find({ key: 'a', limit: 2 })).items).toHaveLength(1) // its own place in the order of its key
    await engine.drain(0)
  })

  it('keeps the order of a key over many rounds', async () => {
    const world = await relayWorld()
    const outbox = listOutbox()
    const notes = Array.from({ length: 1_234 }, (_, i) => `n${i}`)
    for (const note of notes) outbox.put('k', note)
    const engine = world.process('one', outbox)
    await engine.start()
    await world.until(() => world.delivered.length === notes.length)
    expect(world.delivered).toEqual(notes)
    const { items } = await world.store.find({ key: 'k', limit: 2_000 })
    expect(items).toHaveLength(notes.length)
    await engine.drain(0)
  })

  it('leaves messages of unknown sources where they are, and says so', async () => {
    const world = await relayWorld()
    const outbox = listOutbox()
    outbox.put('a', 'one', { source: 'shpo' })
    const engine = world.process('one', outbox)
    await engine.start()
    await world.until(() => world.logged.length > 0)
    expect(world.logged).toEqual([['engine.outbox-unknown', { source: 'shpo', oldestMs: 60_000 }]])
    expect(outbox.messages).toHaveLength(1)
    expect((await world.store.status()).accepted).toBe(0)
    await engine.drain(0)
  })

  it('keeps messages when the store takes none, and goes on later', async () => {
    const world = await relayWorld()
    const outbox = listOutbox()
    outbox.put('a', 'one')
    const engine = world.process('one', outbox)
    engine.close() // as while it stops: nothing is taken in
    await engine.start()
    await world.clock.advance(5_000)
    expect(outbox.messages).toHaveLength(1)
    await engine.drain(0)
    const next = world.process('two', outbox)
    await next.start()
    await world.until(() => world.delivered.length === 1)
    await next.drain(0)
  })

  it('is led by one process; another takes over when its lease has ended, not before', async () => {
    const world = await relayWorld()
    const [alive, other] = [listOutbox(), listOutbox()]
    let dead = false
    const dying: Outbox = { ...alive, take: (source, limit) => (dead ? never() : alive.take(source, limit)) }
    const [first, second] = [world.process('first', dying), world.process('second', other)]
    await first.start()
    await world.until(() => alive.takes > 0)
    await second.start()
    await world.clock.advance(60_000)
    expect(alive.takes).toBeGreaterThan(100) // through many leases
    expect(other.takes).toBe(0)
    dead = true
    await world.clock.advance(6_000) // it renewed at most 3 s before it died, for 10 s
    expect(other.takes).toBe(0)
    await world.clock.advance(6_000)
    expect(other.takes).toBeGreaterThan(0)
    await second.drain(0)
  })

  it('is handed over at once by a process that stops', async () => {
    const world = await relayWorld()
    const [one, two] = [listOutbox(), listOutbox()]
    const [first, second] = [world.process('first', one), world.process('second', two)]
    await first.start()
    await world.until(() => one.takes > 0)
    await second.start()
    await world.clock.advance(100)
    expect(two.takes).toBe(0)
    await first.drain(1_000)
    expect(await world.store.read(['tieline/outbox/shop'])).toEqual([])
    await world.clock.advance(1_100)
    expect(two.takes).toBeGreaterThan(0)
    await second.drain(0)
  })
})

describe('the relay on PostgreSQL', () => {
  const here = useScene()
  const publish = async (...notes: readonly string[]): Promise<void> => {
    const client = await here().connect()
    await client.query('BEGIN')
    await shop.publish(
      client,
      notes.map((note) => placed('k', note)),
    )
    await client.query('COMMIT')
  }

  it('gives a repeat when it dies between store and outbox, and the store recognises it', async () => {
    const world = await relayWorld()
    await publish('one', 'two', 'three')
    const dying = world.process('dying', dyingAt('done', here().outbox))
    await dying.start()
    await world.until(async () => (await world.store.status()).accepted === 3)
    expect(await here().published()).toHaveLength(3)
    await publish('four')
    const next = world.process('next', here().outbox)
    await next.start()
    await world.until(async () => world.delivered.length >= 4 && (await here().published()).length === 0)
    expect(world.delivered).toEqual(['one', 'two', 'three', 'four'])
    expect(await world.store.status()).toMatchObject({ accepted: 4, duplicates: 3, delivered: 4, pending: 0 })
    await next.drain(0)
  })

  it('loses nothing when it dies before it stores', async () => {
    const world = await relayWorld()
    await publish('one', 'two')
    const dying = world.process('dying', dyingAt('take', here().outbox))
    await dying.start()
    await world.clock.advance(1_000)
    const next = world.process('next', here().outbox)
    await next.start()
    await world.until(() => world.delivered.length === 2)
    expect(world.delivered).toEqual(['one', 'two'])
    await next.drain(0)
  })
})

it('a runtime whose store has no outbox says so at the start', async () => {
  const app = tieline({ flows, store: memory(), gateway: { port: 0 } })
  await expect(app.start()).rejects.toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message:
        'source shop is an outbox, and the store memory has none; use postgres() with the database that is published in',
    }),
  )
})
