import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SHARED_TYPES } from '../../type/named.ts'
import { isExponential } from './pattern-risk.ts'
import { patternTree } from './pattern-tree.ts'

describe('a pattern that takes exponential time', () => {
  it.each([
    '^(a+)+$', '(a*)*b', '(a|a)*$', '(a|aa)+$', '^(\\w+\\s?)*$', '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+$',
    '(\\s*\\w+\\s*)+;', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*)*x', '(?:x?\\d{1,20})+$', '^(?:.|\\s)*$', '^(?=a)(?:[ab]+[bc]*)*$', '(?<n>[^x]*|y)*z', '([\\p{L}]+|é)*1',
  ])('%s', (pattern) => expect(isExponential(pattern)).toBe(true)) // biome-ignore format: one list
})

describe('one that does not', () => {
  it.each([
    '^[a-z]+$', '^([a-z0-9-]+\\.)*[a-z0-9]+$', '^\\d{4}-\\d\\d-\\d\\d$', '^(?:\\d{16},?)+$', '(ab|cd)*', '^(a|b)*$', '^#(?:[0-9a-fA-F]{3}){1,2}$', '^(?:x\\d{0,3})*$',
    '^(?=.*\\d)(?=.*[a-z]).{8,}$', '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', '^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}$', '^/(?:[^/]+/)*$', '^\\p{Lu}\\p{Ll}*(?: \\p{Lu}\\p{Ll}*)*$', '^"(?:[^"\\\\]|\\\\.)*"$', '',
    '(a)\\1', '(', '[a', 'a)',
  ])('%s', (pattern) => expect(isExponential(pattern)).toBe(false)) // biome-ignore format: one list

  it('the patterns of our own types', () => {
    for (const { schema } of SHARED_TYPES) expect(isExponential(String(schema['pattern'] ?? ''))).toBe(false)
  })

  it('one too large to be judged, in bounded time', () => {
    expect(isExponential('(a+)+'.repeat(300))).toBe(false)
    expect(isExponential(`(?:${'[a-z]*1'.repeat(60)})*`)).toBe(false)
    expect(isExponential('('.repeat(100_000))).toBe(false)
  })

  it('never throws', () => {
    const part = fc.constantFrom('a', 'b', '.', '\\d', '[a-z]', '(', ')', '(?:', '*', '+', '?', '{2,3}', '|', '^', '$', '\\', '[', ']', '{', '😀') // biome-ignore format: one list
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const pattern = parts.join('')
        expect(typeof isExponential(pattern)).toBe('boolean')
        if (isPattern(pattern)) expect(patternTree(pattern)).toBeDefined()
      }),
      { numRuns: 1000 },
    )
  })

  it('says of small patterns what counting the ways says', () => {
    // (x|y)* over parts of a, b, ab: two ways through the same text appear at once
    const option = fc.constantFrom('a', 'b', 'ab', 'ba', 'aa', 'a+', 'ab*')
    fc.assert(
      fc.property(fc.uniqueArray(option, { minLength: 1, maxLength: 3 }), (options) => {
        const several = texts.some((text) => ways(text, options) > 1)
        expect(isExponential(`^(?:${options.join('|')})*$`)).toBe(several)
      }),
    )
  })
})

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u')
    return true
  } catch {
    return false
  }
}

const texts = Array.from({ length: 8 }, (_, length) =>
  Array.from({ length: 2 ** length }, (_, n) =>
    n.toString(2).padStart(length, '0').slice(0, length).replaceAll('0', 'a').replaceAll('1', 'b'),
  ),
).flat()

/** In how many ways a text is cut into pieces, each of which fits an option. */
function ways(text: string, options: readonly string[]): number {
  if (text === '') return 1
  let count = 0
  for (let cut = 1; cut <= text.length; cut++) {
    for (const option of options) {
      if (new RegExp(`^(?:${option})$`).test(text.slice(0, cut))) count += ways(text.slice(cut), options)
    }
  }
  return count
}
