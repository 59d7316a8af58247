import { type Duration, milliseconds } from '../../../src/core/duration.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

const VALID = ['250ms', '10s', '5m', '2h', '7d', '1.5s', '0ms', '36500d', '100000000ms']
const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
const LONGEST_MS = 36_500 * 86_400_000

export const duration: AnyTarget = target<{ readonly text: string }, 'agrees' | 'bounded'>({
  name: 'duration',
  about: "lengths of time in declarations, options and the admin API: '30m'",
  laws: {
    agrees:
      'digits, perhaps a point and digits, and a unit: number times unit; all else is a RangeError that shows the text',
    bounded: 'never more than 100 years, so that instants stay instants',
  },
  make: (chance) => {
    const text = chance.one(VALID)
    return { text: chance.once(10) ? text : mutateText(chance, text, chance.one(VALID)) }
  },
  check({ text }, broken) {
    const wanted = read(text)
    let found: number
    try {
      found = milliseconds(text as Duration)
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      if (wanted !== undefined) broken('agrees', `${thrown.message}, not ${wanted}`)
      return
    }
    if (!(found >= 0 && found <= LONGEST_MS)) broken('bounded', String(found))
    if (found !== wanted) broken('agrees', `${found}, not ${wanted}`)
  },
  grow: { to: 4_096, run: (text) => milliseconds(`1${text}s` as Duration) },
})

/** Character by character. */
function read(text: string): number | undefined {
  let digits = ''
  while (isDigit(text[digits.length])) digits += text[digits.length]
  if (digits === '') return undefined
  let rest = text.slice(digits.length)
  if (rest.startsWith('.')) {
    let fraction = ''
    while (isDigit(rest[1 + fraction.length])) fraction += rest[1 + fraction.length]
    if (fraction === '') return undefined
    digits += `.${fraction}`
    rest = rest.slice(1 + fraction.length)
  }
  const unit = UNIT_MS.get(rest)
  const ms = unit === undefined ? Number.NaN : Number(digits) * unit
  return ms <= LONGEST_MS ? ms : undefined
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9'
}
