import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJson } from './json-value.ts'

/** JSON text whose strings, names too, are written with and without escapes; escaped in every way that RFC 8259 knows. */
const character = fc.constantFrom('a', 'é', '😀', '/', '\\/', '\\n', '\\"', '\\\\', '\\u0061', '\\u00E9', '\\ud83d')
const string = fc.array(character, { maxLength: 4 }).map((characters) => `"${characters.join('')}"`)
const name = fc.oneof(string, fc.constantFrom('"7"', '"\\u0037"', '"__proto__"', '"__prot\\u006f__"'))
const space = fc.constantFrom('', ' ', '\t\r\n')
const json = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('0', '-0', '1e400', '-12.5E-3', '9007199254740993', 'true', 'false', 'null'),
    string,
    fc.tuple(space, fc.array(tie('value'), { maxLength: 3 })).map(([gap, items]) => `[${gap}${items.join(`${gap},`)}]`),
    fc
      .tuple(space, fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }))
      .map(([gap, members]) => `{${gap}${members.map((member) => member.join(`${gap}:${gap}`)).join(',')}${gap}}`),
  ),
})).value

/** A right reading by other means: names go through V8 as hexadecimal digits, and are put back afterwards. */
function expected(text: string): unknown {
  const coded = text.replace(/"(?:[^"\\]|\\.)*"(?=\s*:)/gs, (token) => `"n${hex(JSON.parse(token))}"`)
  return restored(JSON.parse(coded))
}

const hex = (text: string): string => Buffer.from(text, 'utf16le').toString('hex')

function restored(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(restored)
  const object = {}
  for (const [code, member] of Object.entries(value)) {
    const name = Buffer.from(code.slice(1), 'hex').toString('utf16le')
    Object.defineProperty(object, name, {
      value: restored(member),
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
  return object
}

it('reads what the text says, in the order of the text', () => {
  fc.assert(
    fc.property(json, (text) => {
      const value = readJson(text)
      expect(value).toStrictEqual(expected(text))
      expect(JSON.stringify(value)).toBe(JSON.stringify(expected(text)))
    }),
    { numRuns: 5_000 },
  )
})

it.each([
  ['{"\\u0061":1,"b":2,"a":3}', '{"a":3,"b":2}'],
  ['{"a":1,"\\u0037":2,"0":3}', '{"0":3,"7":2,"a":1}'],
  ['{"\\"":{"\\\\":[-0,1e400,{}]},"x":"}\\\\"}', '{"\\"":{"\\\\":[0,null,{}]},"x":"}\\\\"}'],
  [' [ {"\\t" : null } , [ ] ] ', '[{"\\t":null},[]]'],
])('%s', (text, outcome) => expect(JSON.stringify(readJson(text))).toBe(outcome))

it('keeps -0', () => expect(readJson('{"\\t":-0}')).toStrictEqual({ '\t': -0 }))

describe('the name __proto__', () => {
  it.each(['"__proto__"', '"\\u005f_proto__"'])('%s is a property and no prototype', (written) => {
    const value = readJson(`{"\\t":0,${written}:{"x":1}}`) as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value)).toEqual(['\t', '__proto__'])
  })
})

it.each(['{"\\t":1', '{"\\q":1}', '{"\\t":1}}', '{"\\t":01}', '{"\\u12":1}', '"\\'])('%s is no JSON', (text) =>
  expect(() => readJson(text)).toThrow(SyntaxError),
)

it('takes any nesting', () => {
  let value = readJson(`${'[{"\\t":'.repeat(100_000)}1${'}]'.repeat(100_000)}`)
  for (let depth = 0; depth < 100_000; depth++) value = (value as readonly Record<string, unknown>[])[0]?.['\t']
  expect(value).toBe(1)
})
