import { expect, it } from 'vitest'
import type { NewMessage } from '../port/store.ts'
import { createWarm } from './warm.ts'

const message = (id: number, bytes = 10): NewMessage => ({
  source: 'shop',
  id: String(id),
  type: 'order',
  attributes: {},
  body: new Uint8Array(bytes),
  deliveries: [{ flow: 'a', key: 'k', effect: 'e' }],
})

it('gives an event once, and forgets it', () => {
  const warm = createWarm()
  warm.put(message(1), { n: 1 })
  expect(warm.get('shop', '1')).toEqual({ n: 1 })
  expect(warm.get('shop', '1')).toBeUndefined()
})

it('keeps few, the oldest, and no large ones', () => {
  const warm = createWarm()
  warm.put(message(0, 100_000), {})
  expect(warm.get('shop', '0')).toBeUndefined()
  for (let n = 1; n <= 1_000; n++) warm.put(message(n), n)
  expect(warm.get('shop', '1')).toBe(1)
  expect(warm.get('shop', '1000')).toBeUndefined()
})

it('makes room when nobody takes anything out for long, and not again at once', () => {
  const warm = createWarm()
  for (let n = 1; n <= 60_000; n++) warm.put(message(n), n)
  expect(warm.get('shop', '1')).toBeUndefined()
  const kept = Array.from({ length: 60_000 }, (_, n) => warm.get('shop', String(n + 1))).filter(
    (data) => data !== undefined,
  )
  expect(kept).toHaveLength(256)
  expect(kept[0]).toBe(50_256)
})
