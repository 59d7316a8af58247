import { contract, type TielineError } from 'tieline'
import { inbox, outbox, type PgTransaction, type Transaction } from 'tieline/outbox'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { placed, shop } from './shop.ts'

let sent = 0
/** A transaction that must not be used. */
const tx: PgTransaction = {
  query: () => {
    sent++
    return Promise.resolve({ rows: [] })
  },
}
const loop: Record<string, unknown> = {}
loop['loop'] = loop
const free = contract('free', {
  version: 1,
  schema: z.unknown(),
  key: (value) => (value as { key?: string } | null)?.key ?? '',
})
const any = outbox('any', { events: { any: free } })
const deep = (levels: number): unknown => (levels === 0 ? 0 : [deep(levels - 1)])

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = (await promise.catch((thrown: unknown) => thrown)) as TielineError
  return `${error.code}: ${error.message}`
}

describe('before anything is sent, publish names', () => {
  const wrong = (more: object) => refusal(shop.publish(tx, { ...placed('o1'), ...more } as ReturnType<typeof placed>))
  it.each([
    [
      'a type that is not declared',
      { type: 'order.lost' },
      'REQUEST_INVALID: type: shop declares order.placed, order.cancelled, not "order.lost"',
    ],
    [
      'a type that every object has',
      { type: 'constructor' },
      'REQUEST_INVALID: type: shop declares order.placed, order.cancelled, not "constructor"',
    ],
    ['data against its contract', { data: { id: 'o1', note: 7 } }, /^CONTRACT_BROKEN: data of order.placed: note /],
    ['data that is not there', { data: undefined }, 'REQUEST_INVALID: data: cannot be written as JSON'],
    ['data with a bigint', { data: { id: 1n } }, 'REQUEST_INVALID: data: cannot be written as JSON'],
    ['data in a circle', { data: loop }, 'REQUEST_INVALID: data: cannot be written as JSON'],
    [
      'data that is huge',
      { data: { id: 'o1', note: 'x'.repeat(1_048_576) } },
      'REQUEST_INVALID: data: 1048597 bytes are more than 1048576; send a reference to what is large',
    ],
    ['an id with NUL', { id: 'a\u0000' }, 'REQUEST_INVALID: id holds a control character, such as NUL'],
    ['an empty id', { id: '' }, 'REQUEST_INVALID: id: expected text of 1 to 1024 characters'],
    ['a huge id', { id: 'x'.repeat(1_025) }, 'REQUEST_INVALID: id: expected text of 1 to 1024 characters'],
    ['half a character', { id: '\ud800' }, 'REQUEST_INVALID: id holds half of a surrogate pair, which is no character'],
    [
      'a key with NUL',
      { data: { id: 'a\u0000', note: '' } },
      'REQUEST_INVALID: key of order-placed holds a control character, such as NUL',
    ],
    [
      'an attribute name',
      { attributes: { 'trace-parent': 'x' } },
      'REQUEST_INVALID: attributes.trace-parent: names have only a-z and 0-9',
    ],
    ['an attribute with a place', { attributes: { id: 'x' } }, 'REQUEST_INVALID: attributes.id has a place of its own'],
    [
      'an attribute with NUL',
      { attributes: { tenant: '\u0000' } },
      'REQUEST_INVALID: attributes.tenant holds a control character, such as NUL',
    ],
    [
      'an attribute that is no text',
      { attributes: { tenant: 7 } },
      'REQUEST_INVALID: attributes.tenant: expected text of 1 to 4096 characters',
    ],
  ])('%s', async (_, more, message) => {
    expect(await wrong(more)).toMatch(message)
  })

  it('data that is nested too far, or would make a prototype', async () => {
    expect(await refusal(any.publish(tx, { type: 'any', data: deep(65) }))).toBe(
      'REQUEST_INVALID: data: nested deeper than 64 levels',
    )
    const data = JSON.parse('{"a":{"__proto__":1}}')
    expect(await refusal(any.publish(tx, { type: 'any', data }))).toBe(
      'REQUEST_INVALID: data: an object has the key "__proto__"',
    )
  })

  it('which message of several', async () => {
    expect(await refusal(shop.publish(tx, [placed('o1'), { ...placed('o2'), id: '' }]))).toMatch(
      /^REQUEST_INVALID: message 1: id: /,
    )
    expect(
      await refusal(
        shop.publish(
          tx,
          Array.from({ length: 1_001 }, () => placed('o1')),
        ),
      ),
    ).toBe('REQUEST_INVALID: messages: 1001 are more than 1000 at once')
  })

  it.each([[null], [undefined], [7], ['tx'], [{}], [() => {}], [{ query: 'select' }], [{ execute: () => {} }]])(
    'a tx that is none: %s',
    async (none) => {
      const message =
        /^REQUEST_INVALID: tx: expected an open transaction: a pg client after BEGIN, or what postgres, Drizzle, Kysely or Prisma hand/
      expect(await refusal(shop.publish(none as unknown as Transaction, placed('o1')))).toMatch(message)
      expect(await refusal(inbox('books').once(none as unknown as Transaction, { source: 's', id: '1' }))).toMatch(
        message,
      )
    },
  )

  it('what an inbox is asked for', async () => {
    expect(await refusal(inbox('books').once(tx, { source: 's', id: 'a\u0000' }))).toBe(
      'REQUEST_INVALID: id holds a control character, such as NUL',
    )
    expect(await refusal(inbox('books').once(tx, { source: '', id: 'a' }))).toBe(
      'REQUEST_INVALID: source: expected text of 1 to 8192 characters',
    )
  })

  it('and sends nothing', () => {
    expect(sent).toBe(0)
  })
})

it('no messages are no statement', async () => {
  expect(await shop.publish(tx, [])).toEqual([])
  expect(sent).toBe(0)
})

it('declarations that cannot work are refused', () => {
  expect(() => outbox('Shop', { events: { a: free } })).toThrow('source name "Shop"')
  expect(() => outbox('shop', { events: {} })).toThrow('outbox shop: events: give the contract of at least one type')
  expect(() => outbox('shop', { events: { a: free }, schema: 'a"; --' })).toThrow(
    /^schema "a\\"; --": use lower-case letters/,
  )
  expect(() => inbox('a b')).toThrow('inbox name "a b"')
  expect(() => shop.on('order.lost' as 'order.placed')).toThrow(
    'outbox shop has no event "order.lost"; it has order.placed, order.cancelled',
  )
})
