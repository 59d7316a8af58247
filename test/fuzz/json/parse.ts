import { isDeepStrictEqual } from 'node:util'
import { TielineError } from '../../../src/core/error.ts'
import { guardJson } from '../../../src/core/json-guard.ts'
import { parseJson } from '../../../src/serve/parse-json.ts'
import type { Chance } from '../chance.ts'
import { type AnyTarget, target } from '../target.ts'
import { jsonBytes } from './corpus.ts'
import { faultOf, parsed, textOf } from './reference.ts'

interface Sent {
  readonly bytes: Uint8Array
  readonly maxDepth: number
}

const make = (chance: Chance): Sent => ({ bytes: jsonBytes(chance), maxDepth: chance.one([64, 8, 4, 1, 0]) })

export const parse: AnyTarget = target<Sent, 'agrees' | 'refuses' | 'tells'>({
  name: 'parse-json',
  about: 'bytes of a body to a JSON value',
  laws: {
    agrees: 'what a right JSON.parse takes, not too deep and without __proto__, is taken, and is the same value',
    refuses: 'everything else is BODY_MALFORMED',
    tells: 'the message says where, within the text, and nothing of what was sent',
  },
  make,
  check({ bytes, maxDepth }, broken) {
    const text = textOf(bytes)
    const known = parsed(text)
    const fault = known === undefined || text === undefined ? 'no JSON' : faultOf(text, maxDepth)
    let value: unknown
    try {
      value = parseJson(Buffer.from(bytes), maxDepth)
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'BODY_MALFORMED') throw thrown
      if (fault === undefined) broken('agrees', `refused: ${thrown.message}`)
      const place = /^the body is not JSON: it goes wrong at position (\d+)$/.exec(thrown.message)?.[1]
      if (place !== undefined && Number(place) > (text ?? '').length) broken('tells', thrown.message)
      if (place === undefined && !MESSAGES.test(thrown.message)) broken('tells', thrown.message)
      return
    }
    if (fault !== undefined) broken('refuses', fault)
    if (!isDeepStrictEqual(value, known?.value)) broken('agrees', 'another value')
  },
  grow: { to: 131_072, run: (text) => parseJson(Buffer.from(text), 64) },
})

const MESSAGES =
  /^the body (?:is not valid UTF-8|is nested deeper than \d+ levels|has an object with the key "__proto__"|is not JSON(?:: it ends too early)?)$/

export const guard: AnyTarget = target<Sent, 'agrees'>({
  name: 'json-guard',
  about: 'nesting and __proto__ in JSON bytes, before they are parsed',
  laws: { agrees: 'of JSON it says what a reader of its tokens says; it never says that of other bytes with an error' },
  make,
  check({ bytes, maxDepth }, broken) {
    const found = guardJson(bytes, maxDepth)
    const text = textOf(bytes)
    if (text === undefined || parsed(text) === undefined) return
    const wanted = faultOf(text, maxDepth)
    if (found !== wanted) broken('agrees', `${found}, not ${wanted}`)
  },
  grow: { to: 131_072, run: (text) => guardJson(Buffer.from(text), 64) },
})
