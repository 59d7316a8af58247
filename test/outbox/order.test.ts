import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { useScene } from './scene.ts'
import { placed, shop } from './shop.ts'
import { endsOrWaits, pidOf } from './waiting.ts'

/** Takes what there is and clears it, as the relay does. */
async function taken(there: ReturnType<ReturnType<typeof useScene>>, limit = 100): Promise<string[]> {
  const messages = await there.outbox.take('shop', limit)
  await there.outbox.done(
    'shop',
    messages.map(({ position }) => position),
  )
  return messages.map(({ body }) => JSON.parse(body.toString()).note)
}

describe('the order of an outbox', () => {
  const here = useScene()

  it('is that of the commits, for messages of one key: the second transaction waits for the first', async () => {
    const [first, second] = [await here().connect(), await here().connect()]
    await first.query('BEGIN')
    await second.query('BEGIN')
    await shop.publish(first, placed('k', 'first'))
    const publishing = shop.publish(second, placed('k', 'second'))
    expect(await endsOrWaits(here(), pidOf(second), publishing)).toBe('waits')
    await shop.publish(first, { type: 'order.cancelled', data: { id: 'k', note: 'first, of another type' } })
    await first.query('COMMIT')
    await publishing
    await second.query('COMMIT')
    expect(await taken(here())).toEqual(['first', 'first, of another type', 'second'])
  })

  it('lets a transaction go on when the one before it rolls back', async () => {
    const [first, second] = [await here().connect(), await here().connect()]
    await first.query('BEGIN')
    await second.query('BEGIN')
    await shop.publish(first, placed('k', 'first'))
    const publishing = shop.publish(second, placed('k', 'second'))
    expect(await endsOrWaits(here(), pidOf(second), publishing)).toBe('waits')
    await first.query('ROLLBACK')
    await publishing
    await second.query('COMMIT')
    expect(await taken(here())).toEqual(['second'])
  })

  it('is the same whoever publishes: SQL waits for TypeScript, and the other way round', async () => {
    const sql = (client: pg.Client, note: string) =>
      client.query(`SELECT tieline.publish('shop', 'order.placed', $1, 'k')`, [JSON.stringify({ id: 'k', note })])
    const typescript = (client: pg.Client, note: string) => shop.publish(client, placed('k', note))
    for (const [one, other] of [
      [sql, typescript],
      [typescript, sql],
      [sql, sql],
    ] as const) {
      const [first, second] = [await here().connect(), await here().connect()]
      await first.query('BEGIN')
      await second.query('BEGIN')
      await one(first, 'first')
      const publishing = other(second, 'second')
      expect(await endsOrWaits(here(), pidOf(second), publishing)).toBe('waits')
      await first.query('COMMIT')
      await publishing
      await second.query('COMMIT')
      expect(await taken(here())).toEqual(['first', 'second'])
    }
  })

  it('keeps nobody of another key waiting, and a late commit is not lost', async () => {
    const [slow, quick] = [await here().connect(), await here().connect()]
    await slow.query('BEGIN')
    await quick.query('BEGIN')
    await shop.publish(slow, placed('a', 'drawn first'))
    const publishing = shop.publish(quick, placed('b', 'committed first'))
    expect(await endsOrWaits(here(), pidOf(quick), publishing)).toBe('ended')
    await quick.query('COMMIT')
    expect(await taken(here())).toEqual(['committed first'])
    await slow.query('COMMIT')
    expect(await taken(here())).toEqual(['drawn first'])
  })

  it('never lets two lists with the same keys wait for each other', async () => {
    const [one, other] = [await here().connect(), await here().connect()]
    const keys = Array.from({ length: 40 }, (_, i) => `k${i}`)
    const publish = async (client: typeof one, list: readonly string[]): Promise<void> => {
      await client.query('BEGIN')
      await shop.publish(
        client,
        list.map((key) => placed(key, key)),
      )
      await client.query('COMMIT')
    }
    for (let round = 0; round < 20; round++) await Promise.all([publish(one, keys), publish(other, keys.toReversed())])
    const notes = await taken(here(), 10_000)
    expect(notes).toHaveLength(20 * 80)
    // Each list stands together and in its own order.
    const lists = Array.from({ length: 40 }, (_, i) => notes.slice(i * 40, i * 40 + 40).join())
    expect(new Set(lists)).toEqual(new Set([keys.join(), keys.toReversed().join()]))
  })

  it('gives the oldest first, as many as asked, and no more bytes than it may hold', async () => {
    const client = await here().connect()
    await client.query('BEGIN')
    const large = 'x'.repeat(1_000_000)
    for (let i = 0; i < 10; i++) await shop.publish(client, placed(`k${i}`, `${i}${large}`))
    await client.query('COMMIT')
    const rounds: string[] = []
    for (const limit of [1, 100, 100, 100]) {
      const notes = await taken(here(), limit)
      rounds.push(notes.map((note) => note[0]).join(''))
    }
    expect(rounds).toEqual(['0', '12345678', '9', ''])
  })
})
