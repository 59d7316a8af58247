import { createHmac, createSecretKey } from 'node:crypto'
import { hmac } from '../../../src/adapter/signature/hmac.ts'
import type { Chance } from '../chance.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Mac {
  readonly key: string
  /** How the key is given. */
  readonly as: number
  readonly before: string
  readonly body: Uint8Array
  readonly after: string
  readonly hex: boolean
}

const KEYS = [
  '',
  'k',
  'whsec_made_up',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(200),
  'Zoë 😀',
  '\0\0',
]
const AROUND = ['', '1788000000.', 'POSThttps://hooks.example.com/in/hubspot', 'ü'.repeat(40), '\ud800']
const SIZES = [0, 1, 63, 64, 65, 300, 5_000, 16_383, 16_384, 16_385, 40_000]

export const mac: AnyTarget = target<Mac, 'agrees'>({
  name: 'hmac',
  about: 'HMAC-SHA256 of every scheme',
  laws: { agrees: "it is what node:crypto's Hmac gives, for keys, texts and bodies of every length, again and again" },
  make: (chance) => ({
    key: chance.once(2) ? chance.one(KEYS) : mutateText(chance, chance.one(KEYS)),
    as: chance.below(3),
    before: around(chance),
    body: Buffer.alloc(chance.once(8) ? chance.one(SIZES) : chance.below(400), chance.below(256)),
    after: around(chance),
    hex: chance.once(2),
  }),
  check({ key, as, before, body, after, hex }, broken) {
    const encoding = hex ? 'hex' : 'base64'
    const bytes = Buffer.from(key)
    const given = as === 0 ? key : as === 1 ? bytes : createSecretKey(bytes)
    const wanted = createHmac('sha256', bytes).update(before).update(body).update(after).digest(encoding)
    for (const turn of ['first', 'second']) {
      const found = hmac(given, before, body, after, encoding)
      if (found !== wanted) broken('agrees', `${found} at the ${turn} turn, not ${wanted}`)
    }
  },
})

function around(chance: Chance): string {
  const text = chance.one(AROUND)
  return chance.once(2) ? text : mutateText(chance, text)
}
