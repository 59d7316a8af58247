import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guardJson } from './json-guard.ts'

const guard = (text: string, depth = 64): string | undefined => guardJson(new TextEncoder().encode(text), depth)

describe('guardJson', () => {
  it('counts nesting outside strings only', () => {
    expect(guard('[[1]]', 2)).toBeUndefined()
    expect(guard('[[[1]]]', 2)).toBe('deep')
    expect(guard('["[[[[\\"[[["]', 1)).toBeUndefined()
    expect(guard('{"a":[{}],"b":[{}]}', 3)).toBeUndefined()
    expect(guard('['.repeat(10_000))).toBe('deep')
  })

  it.each([
    ['{"__proto__":1}'],
    ['{"a":[{"__proto__" \n\t: {}}]}'],
    ['{"\\u005f_proto__":1}'],
    ['{"__proto_\\u005F":1}'],
    ['{"__\\u0070rot\\u006f__":1}'],
    ['{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":1}'],
  ])('refuses %s', (text) => {
    expect(Object.keys(flatKeys(JSON.parse(text)))).toContain('__proto__')
    expect(guard(text)).toBe('prototype')
  })

  it.each([
    ['["__proto__"]'],
    ['{"a":"__proto__"}'],
    ['{"__proto__2":1}'],
    ['{"__prot":1}'],
    ['{"\\\\u005f_proto__":1}'],
    ['{"\\"__proto__":1}'],
    ['{"__pro\\to__":1}'],
  ])('lets %s pass', (text) => {
    JSON.parse(text)
    expect(guard(text)).toBeUndefined()
  })

  it('never throws and ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([undefined, 'deep', 'prototype']).toContain(guardJson(bytes, 4))
      }),
    )
  })

  it('agrees with the parser on depth and on the key', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const value: unknown = JSON.parse(text)
        const expected = '__proto__' in flatKeys(value) && Object.hasOwn(flatKeys(value), '__proto__')
        expect(guard(text) === 'prototype').toBe(expected)
        expect(guard(text, depthOf(value))).not.toBe('deep')
        if (!expected && depthOf(value) > 0) expect(guard(text, depthOf(value) - 1)).toBe('deep')
      }),
    )
  })
})

/** Every key in a value, at any depth. */
function flatKeys(value: unknown, into: Record<string, true> = Object.create(null)): Record<string, true> {
  if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      into[key] = true
      flatKeys(Object.getOwnPropertyDescriptor(value, key)?.value, into)
    }
  }
  return into
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return (
    1 + Math.max(0, ...Object.keys(value).map((key) => depthOf(Object.getOwnPropertyDescriptor(value, key)?.value)))
  )
}
