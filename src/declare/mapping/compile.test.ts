import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { TielineError } from '../../core/error.ts'
import { compile } from './compile.ts'
import { generate } from './generate.ts'
import { interpreted, type Run } from './interpret.ts'
import type { Codec, Constant, Node, Root } from './node.ts'
import { Skipped } from './skipped.ts'

const NAMES = [
  'a', 'b', 'name', 'length', 'prototype', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'each', 'then', 'link', 'at', 'values',
  '0', '', 'a.b', "'", '"', '`', `$\{s}`, '\\', '\n', '\u2028', '*/', '];//', 'class', 'eval', 'é', '😀', '__defineGetter__', 's', 'v0', 'h0',
] // biome-ignore format: one list

const SOURCE: Root = { path: '', depth: 0 }
const SKIPS = [new Skipped('no customer'), new Skipped('too old')]

const upper: Codec = {
  name: 'upper',
  rule: 'upper case',
  method: 'toUpperCase',
  run: (value) => {
    if (typeof value === 'string') return value.toUpperCase()
    throw new TielineError('VALUE_INVALID', 'upper takes text')
  },
}
const strict: Codec = {
  name: 'strict',
  rule: 'numbers only',
  run: (value, other) => {
    if (typeof value === 'number') return `${value} ${typeof other}`
    throw new TielineError('VALUE_INVALID', `no number but ${typeof value}`)
  },
}
const kind: Codec = {
  name: 'kind',
  rule: 'its type',
  takesNull: true,
  run: (value) => (value === null ? 'null' : typeof value),
}

/** A node, once it is known which lists are walked around it. */
type Plan = (open: readonly Root[]) => Node
type Some<T> = fc.Arbitrary<T>

const name = fc.constantFrom(...NAMES)
const constant: Some<Constant> = fc
  .oneof(name, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null))
  .map((value) => (value === 0 ? 0 : value))

const path: Some<Plan> = fc
  .tuple(fc.nat(), fc.array(fc.oneof({ weight: 4, arbitrary: name }, fc.nat(3)), { maxLength: 3 }))
  .map(([which, keys]) => (open) => ({ op: 'path', root: open[which % open.length]!, keys }))

const { node } = fc.letrec<{ node: Plan; object: Plan }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'node' },
    { weight: 5, arbitrary: path },
    { weight: 1, arbitrary: constant.map((value): Plan => () => ({ op: 'constant', value })) },
    { weight: 3, arbitrary: tie('object') },
    { weight: 2, arbitrary: fc.tuple(path, tie('node'), fc.option(tie('node')), fc.boolean()).map(eachOf) },
    { weight: 1, arbitrary: fc.nat().map((which): Plan => (open) => open.length === 1 ? { op: 'constant', value: which } : { op: 'index', root: open[1 + (which % (open.length - 1))]! }) },
    { weight: 1, arbitrary: fc.tuple(path, path, constant, fc.array(name, { maxLength: 2 })).map(onlyOf) },
    { weight: 1, arbitrary: fc.tuple(path, tie('node')).map(([id, of]): Plan => (open) => ({ op: 'piece', id: id(open), of: of(open) })) },
    { weight: 1, arbitrary: fc.tuple(name, tie('node'), name).map(([a, of, b]): Plan => (open) => ({ op: 'text', parts: [a, b], args: [of(open)] })) },
    { weight: 2, arbitrary: fc.tuple(tie('node'), fc.constantFrom(undefined, ...SKIPS)).map(([of, otherwise]): Plan => (open) => ({ op: 'required', of: of(open), otherwise })) },
    { weight: 2, arbitrary: fc.tuple(tie('node'), constant).map(([of, value]): Plan => (open) => ({ op: 'fallback', of: of(open), value, why: 'x' })) },
    { weight: 2, arbitrary: fc.tuple(tie('node'), tie('node'), tie('node')).map(([test, yes, no]): Plan => (open) => ({ op: 'when', test: test(open), yes: yes(open), no: no(open) })) },
    { weight: 1, arbitrary: fc.tuple(tie('node'), constant).map(([of, value]): Plan => (open) => ({ op: 'is', of: of(open), value })) },
    { weight: 1, arbitrary: tie('node').map((of): Plan => (open) => ({ op: 'present', of: of(open) })) },
    { weight: 1, arbitrary: tie('node').map((of): Plan => (open) => ({ op: 'not', of: of(open) })) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(upper, strict, kind), tie('node'), fc.option(tie('node'))).map(([codec, a, b]): Plan => (open) => ({ op: 'call', codec, args: b === null ? [a(open)] : [a(open), b(open)] })) },
  ),
  object: fc.uniqueArray(fc.tuple(name, tie('node'), fc.boolean()), { selector: ([key]) => key, maxLength: 4 }).map((fields): Plan => (open) => ({
    op: 'object',
    fields: fields.map(([key, of, optional]) => [key, optional ? { op: 'optional', of: of(open) } : of(open)] as const),
  })),
})) // biome-ignore format: one production a line

function eachOf([list, item, test, flat]: readonly [Plan, Plan, Plan | null, boolean]): Plan {
  return (open) => {
    const root: Root = { path: 'items[]', depth: open.length }
    const inner = [...open, root]
    const keep = test === null ? {} : { keep: [{ test: test(inner), why: 'x' }] }
    return { op: 'each', list: list(open), root, ...keep, item: item(inner), ...(flat ? { flat } : {}) }
  }
}

/** Twice: what it narrows is computed once for both. */
function onlyOf([of, kind, value, keys]: readonly [Plan, Plan, Constant, readonly string[]]): Plan {
  return (open) => {
    const root: Root = { path: 'only', depth: 0, of: { op: 'only', of: of(open), kind: kind(open), value } }
    const narrowed: Node = { op: 'path', root, keys }
    return { op: 'when', test: narrowed, yes: narrowed, no: { op: 'path', root, keys: [] } }
  }
}

const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'document' },
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e300, 'a', '', 'ABC', '😀'),
    fc.constant({ length: 1e9 }),
    fc.array(tie('document'), { maxLength: 3 }),
    fc.dictionary(fc.oneof({ weight: 6, arbitrary: name }, fc.constant('__proto__')), tie('document'), { maxKeys: 8 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'name', 'each'), tie('document'), { minKeys: 2 }),
  ),
}))

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Everything of a value, the order of its keys and what JSON leaves out included. */
const told = (value: unknown): string =>
  JSON.stringify([value], (_, each) => (each === undefined || typeof each === 'function' ? `<${typeof each}>` : each))

function outcome(run: Run, source: unknown): unknown {
  try {
    const value = run(source)
    return value instanceof Skipped ? { skipped: value.why } : { value: told(value) }
  } catch (thrown) {
    return { fault: (thrown as Error).message, code: (thrown as TielineError).code }
  }
}

describe('compiled', () => {
  it('does what the interpreter does, for any expression and any document', () => {
    const seen = { value: 0, skipped: 0, fault: 0 }
    fc.assert(
      fc.property(node, fc.array(document, { minLength: 3, maxLength: 6 }), (plan, documents) => {
        const tree = plan([SOURCE])
        const compiled = compile(tree)
        for (const each of documents.map(asJson)) {
          const wanted = outcome(interpreted(tree), each)
          seen[Object.keys(wanted as object)[0] as keyof typeof seen]++
          expect(outcome(compiled, each)).toStrictEqual(wanted)
        }
      }),
      { numRuns: 2_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(50) // else the property says little
  })

  it('puts names and constants into its code as JSON only', () => {
    const evil = `\`;throw 1;//"\u2028$\{process.exit(1)}`
    const tree: Node = {
      op: 'object',
      fields: [[evil, { op: 'fallback', of: { op: 'path', root: SOURCE, keys: [evil] }, value: evil, why: 'x' }]],
    }
    expect(generate(tree).code.split(JSON.stringify(evil).replaceAll('\u2028', '\\u2028')).length).toBe(4)
    expect(compile(tree)({})).toStrictEqual({ [evil]: evil })
  })

  it('gives null through a null, and undefined through what is absent', () => {
    for (const keys of [
      ['ship_to', 'country'],
      ['ship_to', 'country', 'name', 'length'],
      ['ship_to', 'link'],
    ]) {
      const tree: Node = { op: 'path', root: SOURCE, keys }
      for (const run of [compile(tree), interpreted(tree)]) {
        expect(run({ ship_to: null })).toBeNull()
        expect(run({})).toBeUndefined()
        expect(run({ ship_to: {} })).toBeUndefined()
        expect(run(null)).toBeNull()
      }
    }
  })

  it('gives no function where the document has nothing', () => {
    for (const key of [...NAMES, '__proto__'].filter((key) => key !== 'length')) {
      for (const source of [{}, [], 'text', 5, true, null]) {
        const got = compile({ op: 'path', root: SOURCE, keys: [key] })(source)
        if (key === '__proto__') continue // refused when it is declared
        expect(typeof got, `${key} of ${JSON.stringify(source)}`).not.toBe('function')
      }
    }
  })

  it('interprets where code must not be made from strings', () => {
    const forbidden = vi.spyOn(globalThis, 'Function').mockImplementation(function forbid(): never {
      throw new EvalError('Code generation from strings disallowed for this context')
    })
    try {
      const run = compile({ op: 'object', fields: [['a', { op: 'path', root: SOURCE, keys: ['b'] }]] })
      expect(run({ b: 5 })).toStrictEqual({ a: 5 })
      expect(forbidden).toHaveBeenCalledOnce()
    } finally {
      forbidden.mockRestore()
    }
  })
})
