import { TielineError } from '../../../src/core/error.ts'
import { instantOf } from '../../../src/core/instant.ts'
import { timeAttribute } from '../../../src/declare/source/event-field.ts'
import { type AnyTarget, target } from '../target.ts'

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')
const EDGES = [
  FIRST_MS,
  LAST_MS,
  0,
  Date.UTC(2000, 1, 29),
  Date.UTC(1900, 1, 28),
  1e300,
  -1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  8.64e15,
]

export const instant: AnyTarget = target<{ readonly ms: unknown }, 'agrees' | 'refuses'>({
  name: 'instant',
  about: 'milliseconds since 1970 as RFC 3339',
  laws: {
    agrees: 'within the years 0000 to 9999 it is what Date writes, of the rounded number',
    refuses: 'outside, and for what is no number, it is VALUE_INVALID; as an attribute there is none',
  },
  make: (chance) => {
    const anywhere = FIRST_MS + chance.below(2 ** 32) * ((LAST_MS - FIRST_MS) / 2 ** 32)
    const ms = chance.once(3) ? chance.one(EDGES) + chance.between(-1_500, 1_500) / 1_000 : anywhere
    return { ms: chance.once(40) ? chance.one([String(ms), null, undefined, [ms], { valueOf: ms }]) : ms }
  },
  check({ ms }, broken) {
    const rounded = typeof ms === 'number' ? Math.round(ms) : Number.NaN
    const wanted = rounded >= FIRST_MS && rounded <= LAST_MS ? new Date(rounded).toISOString() : undefined
    if (timeAttribute(ms).time !== undefined && timeAttribute(ms).time !== wanted) broken('agrees', 'as an attribute')
    let found: string
    try {
      found = instantOf(ms as number)
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'VALUE_INVALID') throw thrown
      if (wanted !== undefined) broken('agrees', `refused, not ${wanted}`)
      return
    }
    if (wanted === undefined) broken('refuses', found)
    if (found !== wanted) broken('agrees', `${found}, not ${wanted}`)
  },
})
