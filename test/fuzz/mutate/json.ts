import type { Chance } from '../chance.ts'
import { NUMBERS, TEXTS } from './fragment.ts'
import { mutateText } from './text.ts'

type Members = readonly (readonly [name: string, value: unknown])[]

/** A JSON value changed at one to three places: other kinds, names, numbers at limits, more, less, deeper. */
export function mutateJson(chance: Chance, value: unknown): unknown {
  let changed = value
  do changed = changeWithin(chance, changed)
  while (chance.once(3))
  return changed
}

/** Walks down to some place and changes it. */
function changeWithin(chance: Chance, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || chance.once(4)) return change(chance, value)
  if (Array.isArray(value)) {
    if (value.length === 0) return [odd(chance)]
    const at = chance.below(value.length)
    if (chance.once(6)) return chance.once(2) ? value.toSpliced(at, 1) : value.toSpliced(at, 0, value[at])
    return value.with(at, changeWithin(chance, value[at]))
  }
  const members: Members = Object.entries(value)
  if (members.length === 0 || chance.once(12)) return Object.fromEntries([...members, [oddName(chance), odd(chance)]])
  const at = chance.below(members.length)
  const [name, inner] = members[at] as Members[number]
  if (chance.once(6)) return Object.fromEntries(members.toSpliced(at, 1))
  if (chance.once(10)) return Object.fromEntries(members.with(at, [oddName(chance), inner]))
  if (chance.once(10)) return Object.fromEntries(members.with(at, [name, chance.one(members)[1]]))
  return Object.fromEntries(members.with(at, [name, changeWithin(chance, inner)]))
}

function change(chance: Chance, value: unknown): unknown {
  if (typeof value === 'string' && !chance.once(3)) return mutateText(chance, value)
  if (typeof value === 'number' && !chance.once(3)) {
    return chance.one([value + 1, value - 1, -value, value / 2, value * 1e9, String(value), Math.trunc(value)])
  }
  switch (chance.below(8)) {
    case 0:
      return [value]
    case 1:
      return { [oddName(chance)]: value }
    case 2:
      return deep(chance.one([3, 8, 9, 63, 64, 65, 300]), value)
    default:
      return odd(chance)
  }
}

function deep(levels: number, value: unknown): unknown {
  let nested = value
  for (let level = 0; level < levels; level++) nested = level % 2 === 0 ? [nested] : { a: nested }
  return nested
}

const oddName = (chance: Chance): string => chance.one(TEXTS)

/** Values that readers do not expect; some are objects that pass for others. */
function odd(chance: Chance): unknown {
  if (chance.once(3)) return chance.one(TEXTS)
  if (chance.once(3)) return JSON.parse(chance.one(JSON_NUMBERS)) as number
  return chance.one(ODD)
}

const JSON_NUMBERS = NUMBERS.filter((text) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text))

const ODD: readonly unknown[] = [
  ...[null, true, false, 0, -0, '', 'x'.repeat(300), 'x'.repeat(5_000)],
  ...[[], {}, [[]], [null], Array.from({ length: 200 }, (_, n) => n)],
  ...['{"length":1e9}', '{"length":-1}', '{"toString":null,"valueOf":null}', '{"toJSON":null}', '{"then":null}'].map(
    parsed,
  ),
  ...['{"constructor":{"prototype":{}}}', '{"__proto__":{"admin":true}}', '{"":""}', '{"0":"a","1":"b"}'].map(parsed),
  Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`k${n}`, n])),
]

function parsed(text: string): unknown {
  return JSON.parse(text)
}

/**
 * Writes a value as JSON with what the grammar leaves free: white space, escapes, spellings of a number, a name twice (the last counts,
 * RFC 8259 section 4). It reads back as the value.
 */
export function renderJson(chance: Chance, value: unknown): string {
  if (chance.once(2)) return JSON.stringify(value)
  const space = (): string => (chance.once(8) ? chance.one([' ', '\n', '\t', '\r\n  ']) : '')
  const write = (part: unknown): string => {
    if (typeof part === 'string') return escaped(chance, part)
    if (typeof part === 'number' && Number.isSafeInteger(part) && chance.once(8))
      return `${part}${chance.one(['.0', 'e0', 'E+0'])}`
    if (typeof part === 'number' && !Number.isFinite(part)) return part > 0 ? '1e999' : '-1e999'
    if (typeof part !== 'object' || part === null) return Object.is(part, -0) ? '-0' : JSON.stringify(part)
    if (Array.isArray(part)) return `[${space()}${part.map((item) => write(item) + space()).join(',')}]`
    const members = Object.entries(part).map(([name, inner]) => {
      const twice = chance.once(20) ? `${escaped(chance, name)}:${write(odd(chance))},` : ''
      return `${space()}${twice}${escaped(chance, name)}${space()}:${space()}${write(inner)}${space()}`
    })
    return `{${members.join(',')}}`
  }
  return space() + write(value) + space()
}

function escaped(chance: Chance, text: string): string {
  const plain = JSON.stringify(text)
  if (text === '' || !chance.once(10)) return plain
  const at = chance.below(text.length)
  const unit = `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
  return JSON.stringify(text.slice(0, at)).slice(0, -1) + unit + JSON.stringify(text.slice(at + 1)).slice(1)
}
