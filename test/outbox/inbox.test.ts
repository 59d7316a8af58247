import { inbox } from 'tieline/outbox'
import { describe, expect, it } from 'vitest'
import { useScene } from './scene.ts'
import { endsOrWaits, pidOf } from './waiting.ts'

const books = inbox('books')

describe('an inbox', () => {
  const here = useScene()

  it.each([
    ['COMMIT', false],
    ['ROLLBACK', true],
  ])('lets a concurrent second one wait: after %s it is the first: %s', async (end, expected) => {
    const message = { source: 'stripe', id: `race ${end}` }
    const [first, second] = [await here().connect(), await here().connect()]
    await first.query('BEGIN')
    await second.query('BEGIN')
    expect(await books.once(first, message)).toBe(true)
    const asking = books.once(second, message)
    expect(await endsOrWaits(here(), pidOf(second), asking)).toBe('waits')
    await first.query(end)
    expect(await asking).toBe(expected)
    await second.query('COMMIT')
  })

  it.each(['REPEATABLE READ', 'SERIALIZABLE'])('ends the second one with 40001 under %s', async (level) => {
    const message = { source: 'stripe', id: `race ${level}` }
    const [first, second] = [await here().connect(), await here().connect()]
    await first.query('BEGIN')
    await second.query(`BEGIN ISOLATION LEVEL ${level}`)
    await second.query('SELECT 1') // takes its snapshot
    await books.once(first, message)
    const asking = books.once(second, message)
    expect(await endsOrWaits(here(), pidOf(second), asking)).toBe('waits')
    await first.query('COMMIT')
    await expect(asking).rejects.toThrow(expect.objectContaining({ code: '40001' }))
    await second.query('ROLLBACK')
  })

  it('commits with what its handler writes, so that both are there or neither', async () => {
    const client = await here().connect()
    const handle = async (fails: boolean): Promise<void> => {
      await client.query('BEGIN')
      if (await books.once(client, { source: 'shop', id: 'o1' })) await client.query(`INSERT INTO orders VALUES ('o1')`)
      await client.query(fails ? 'ROLLBACK' : 'COMMIT')
    }
    await handle(true)
    expect(await here().rows('SELECT id FROM orders')).toEqual([])
    await handle(false)
    await handle(false) // a second INSERT would fail
    expect(await here().rows('SELECT id FROM orders')).toEqual([{ id: 'o1' }])
  })

  it('keeps handlers, sources and ids apart, however they are cut', async () => {
    const client = await here().connect()
    await client.query('BEGIN')
    const asked = [
      [books, 'a', 'bc'],
      [books, 'ab', 'c'],
      [inbox('book'), 's', 'abc'],
      [inbox('books-2'), 'a', 'bc'],
      [books, 'a', 'x'.repeat(8_192)],
    ] as const
    for (const [box, source, id] of asked) expect(await box.once(client, { source, id })).toBe(true)
    for (const [box, source, id] of asked) expect(await box.once(client, { source, id })).toBe(false)
    await client.query('COMMIT')
  })

  it('forgets what inbox_purge drops, oldest first and no more than asked', async () => {
    await here().rows('DELETE FROM tieline.inbox')
    for (const id of ['1', '2', '3', '4']) await here().rows(`SELECT tieline.inbox_once('books', 's', $1)`, [id])
    const aged = (days: number, id: string) =>
      here().rows(
        `UPDATE tieline.inbox SET at = at - $1::interval WHERE handled = sha256(convert_to('5 1 bookss' || $2, 'UTF8')) RETURNING 1`,
        [`${days} days`, id],
      )
    for (const [i, id] of ['1', '2', '3'].entries()) expect(await aged(20 - i, id)).toHaveLength(1)
    const purge = (most: number) => here().rows(`SELECT tieline.inbox_purge('14 days', $1)::int AS gone`, [most])
    expect(await purge(2)).toEqual([{ gone: 2 }])
    expect(await purge(2)).toEqual([{ gone: 1 }])
    expect(await purge(2)).toEqual([{ gone: 0 }])
    const again = (id: string) => here().rows(`SELECT tieline.inbox_once('books', 's', $1) AS first`, [id])
    expect(await again('3')).toEqual([{ first: true }])
    expect(await again('4')).toEqual([{ first: false }])
  })
})
