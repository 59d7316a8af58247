import type { Chance } from '../chance.ts'
import { mutateJson, renderJson } from '../mutate/json.ts'
import { mutateBytes } from '../mutate/text.ts'

/** Documents as senders write them: small, so that changes hit what matters. */
export const DOCUMENTS: readonly unknown[] = [
  {
    id: 'evt_1',
    type: 'payment_intent.succeeded',
    created: 1_788_000_000,
    data: { object: { id: 'pi_1', amount: 1050 } },
  },
  [{ eventId: 1, occurredAt: 1_788_000_000_000, subscriptionType: 'contact.creation' }, { eventId: 2 }],
  {
    specversion: '1.0',
    id: 'e1',
    source: '/app',
    type: 't',
    data: { name: 'Zoë – 東京 😀', n: 9_007_199_254_740_992 },
  },
  [[], {}, [[[1.5e3, -0.25]]], { a: { b: { c: { d: [null, true, false] } } } }],
  { '': 0, 'a b': '\\"\u0000\u2028', nested: { data: [{ data: '}' }, { data: ']' }] } },
  { at: 'position 99999' },
  -17.5,
]

/** JSON text of a changed document; once in three times its bytes are changed too, and it is perhaps no JSON any more. */
export function jsonBytes(chance: Chance, documents: readonly unknown[] = DOCUMENTS): Buffer {
  const value = mutateJson(chance, chance.one(documents))
  const bytes = Buffer.from(renderJson(chance, value))
  return chance.once(3) ? mutateBytes(chance, bytes, Buffer.from(JSON.stringify(chance.one(documents)))) : bytes
}
