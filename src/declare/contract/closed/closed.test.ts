import type { StandardSchemaV1 } from '@standard-schema/spec'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import fc from 'fast-check'
import { Compile } from 'typebox/schema'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from '../contract.ts'
import { jsonSchema } from '../json-schema.ts'
import { checkerSchemaOf } from './closed.ts'

const isClosed = (schema: StandardSchemaV1): boolean => checkerSchemaOf(schema) !== undefined

describe('closed', () => {
  const recursive: z.ZodType = z.strictObject({ get next() { return z.optional(recursive) } }) // biome-ignore format: short
  it.each<[string, StandardSchemaV1]>([
    ['string', z.string().min(2).max(3)],
    ['pattern', z.string().regex(/^[a-z]{2}\.\d+$/)],
    ['pattern with u', z.string().regex(/^.{2}$/u)],
    ['start and end', z.string().startsWith('a.b').endsWith('c')],
    ['instant', z.iso.datetime()],
    ['date', z.iso.date()],
    ['e-mail', z.email()],
    ['number', z.number().min(1).lt(5)],
    ['int', z.int()],
    ['strict', z.strictObject({ a: z.string(), b: z.null().optional() })],
    ['loose', z.looseObject({ a: z.array(z.boolean()).nullable() })],
    ['record', z.record(z.string(), z.unknown())],
    ['union', z.union([z.literal('a'), z.literal(5), z.enum(['x', 'y'])])],
    ['discriminated', z.discriminatedUnion('t', [z.strictObject({ t: z.literal('a') }), z.strictObject({ t: z.literal('b') })])],
    ['recursive', recursive],
    ['described', z.string().meta({ description: 'x' })],
    ['valibot strict', toStandardJsonSchema(v.strictObject({ a: v.optional(v.nullable(v.string())), b: v.pipe(v.number(), v.integer(), v.minValue(2)) }))],
    ['valibot union', toStandardJsonSchema(v.union([v.picklist(['a', 'b']), v.array(v.literal(5))]))],
  ])('%s', (_, schema) => expect(isClosed(schema)).toBe(true)) // biome-ignore format: one case a line
})

describe('open', () => {
  it.each<[string, StandardSchemaV1]>([
    ['stripping object', z.object({ a: z.string() })],
    ['stripping object within', z.strictObject({ a: z.array(z.object({})) })],
    ['catchall', z.object({}).catchall(z.string())],
    ['union of free keys', z.union([z.looseObject({}), z.unknown()])],
    ['refine', z.string().refine(() => true)],
    ['refine of an object', z.strictObject({ a: z.string() }).refine(() => true)],
    ['superRefine', z.string().superRefine(() => {})],
    ['check', z.string().check(() => {})],
    ['transform', z.string().transform((text) => text.length)],
    ['pipe', z.string().pipe(z.string())],
    ['preprocess', z.preprocess((x) => x, z.string())],
    ['codec', z.codec(z.string(), z.number(), { decode: Number, encode: String })],
    ['trim', z.string().trim()],
    ['lower case', z.string().toLowerCase()],
    ['default', z.string().default('x')],
    ['default within', z.strictObject({ a: z.string().default('x') })],
    ['prefault', z.string().prefault('x')],
    ['catch', z.string().catch('x')],
    ['coerce', z.coerce.number()],
    ['readonly', z.strictObject({}).readonly()],
    ['exact optional', z.strictObject({ a: z.exactOptional(z.string()) })],
    ['multiple of', z.number().multipleOf(0.01)],
    ['url', z.url()],
    ['pattern with i', z.string().regex(/^[^a]$/i)],
    ['pattern with a dot', z.string().regex(/^.{2}$/)],
    ['pattern with a negated class', z.string().regex(/^[^x]{2}$/)],
    ['pattern beyond ASCII', z.string().startsWith('😀')],
    ['valibot fallback', toStandardJsonSchema(v.fallback(v.string(), 'x'))],
    ['includes from a place', z.string().includes('a', { position: 5 })],
    ['meta that lies', z.string().min(5).refine(() => true).meta({ minLength: 0 })],
    ['a name of every object', z.strictObject({ toString: z.string().optional() })],
    ['date', z.date()],
    ['bigint', z.bigint()],
    ['map', z.map(z.string(), z.string())],
    ['tuple', z.tuple([z.string()])],
    ['intersection', z.intersection(z.looseObject({ a: z.string() }), z.looseObject({}))],
    ['template', z.templateLiteral(['a', z.string()])],
    ['custom', z.custom(() => true)],
    ['instance', z.instanceof(Date)],
    ['valibot without its JSON Schema', v.strictObject({ a: v.string() })],
    ['valibot object', toStandardJsonSchema(v.object({ a: v.string() }))],
    ['valibot loose object', toStandardJsonSchema(v.looseObject({ a: v.string() }))],
    ['valibot record', toStandardJsonSchema(v.record(v.string(), v.string()))],
    ['valibot length', toStandardJsonSchema(v.pipe(v.string(), v.maxLength(3)))],
    ['valibot trim', toStandardJsonSchema(v.pipe(v.string(), v.trim()))],
    ['valibot check', toStandardJsonSchema(v.pipe(v.string(), v.check(() => true)))],
    ['valibot transform', toStandardJsonSchema(v.pipe(v.string(), v.transform(Number)))],
    ['valibot pattern', toStandardJsonSchema(v.pipe(v.string(), v.regex(/a/i)))],
    ['valibot default', toStandardJsonSchema(v.strictObject({ a: v.optional(v.string(), 'x') }))],
    ['valibot pipe of schemas', toStandardJsonSchema(v.pipe(v.string(), v.string()))],
    ['valibot email', toStandardJsonSchema(v.pipe(v.string(), v.email()))],
    ['arktype', type({ a: 'string' })],
    ['JSON Schema', jsonSchema({ type: 'string' })],
    ['unknown vendor', { '~standard': { version: 1, vendor: 'other', validate: (value: unknown) => ({ value }) } }],
  ])('%s', (_, schema) => expect(isClosed(schema)).toBe(false)) // biome-ignore format: one case a line
})

/** Schemas of one library with values that fit them, or nearly. */
interface Case {
  readonly schema: StandardSchemaV1
  readonly value: fc.Arbitrary<unknown>
}

const KEYS = ['a', 'b', 'c', 'toString', '__proto__', 'length'] as const
const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(-0, 1.5, 1e300, 2 ** 53, '😀😀', 'a@b.ch', '2026-01-31T00:00:00Z', {}, []),
)
const near = (good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: junk })

type Leaf = readonly [
  zod: z.ZodType,
  valibot: v.GenericSchema,
  arktype: string,
  json: object,
  good: fc.Arbitrary<unknown>,
]
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.constantFrom('a', '😀', 'é', ' x '))
const LEAVES: readonly Leaf[] = [
  [z.string(), v.string(), 'string', { type: 'string' }, text],
  [z.string().min(1).max(3), v.pipe(v.string(), v.minLength(1), v.maxLength(3)), '1 <= string <= 3', { type: 'string', minLength: 1 }, text],
  [z.string().regex(/^[a-z ]+$/), v.pipe(v.string(), v.regex(/^[a-z ]+$/i)), '/^[a-z]+$/', { type: 'string', pattern: '^[a-z]+$' }, text],
  [z.string().regex(/^.{2}$/), v.pipe(v.string(), v.trim()), 'string.trim', { type: 'string', maxLength: 2 }, text],
  [z.string().trim(), v.pipe(v.string(), v.transform((x) => x.length)), 'string.lower', { type: 'string' }, text],
  [z.email(), v.pipe(v.string(), v.email()), 'string.email', { type: 'string', format: 'email' }, fc.oneof(text, fc.emailAddress())],
  [z.iso.datetime(), v.pipe(v.string(), v.isoTimestamp()), 'string.date.iso', { type: 'string', format: 'date-time' }, fc.date({ noInvalidDate: true }).map((d) => d.toISOString())],
  [z.number(), v.number(), 'number', { type: 'number' }, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [z.int().min(0), v.pipe(v.number(), v.integer(), v.minValue(0)), 'number.integer >= 0', { type: 'integer', minimum: 0 }, fc.oneof(fc.nat(), fc.maxSafeInteger())],
  [z.number().multipleOf(0.01), v.pipe(v.number(), v.multipleOf(0.5)), 'number % 2', { type: 'number', multipleOf: 0.5 }, fc.integer().map((n) => n / 100)],
  [z.coerce.number(), v.pipe(v.number(), v.check((n) => n > 1)), 'string.numeric.parse', { type: ['number', 'string'] }, fc.oneof(fc.nat(), fc.nat().map(String))],
  [z.boolean(), v.boolean(), 'boolean', { type: 'boolean' }, fc.boolean()],
  [z.enum(['a', 'b']), v.picklist(['a', 'b']), "'a' | 'b'", { enum: ['a', 'b'] }, fc.constantFrom('a', 'b', 'A')],
  [z.literal(['a', 5, null]), v.literal('a'), "'a' | 5 | null", { const: 'a' }, fc.constantFrom('a', 5, null, -0)],
  [z.unknown(), v.unknown(), 'unknown', {}, fc.jsonValue({ maxDepth: 2 })],
  [z.string().default('d'), v.optional(v.string(), 'd'), 'string = "d"', { type: 'string', default: 'd' }, text],
  [z.number().refine((n) => n > 0), v.fallback(v.number(), 7), 'number', { type: 'number' }, fc.integer()],
] // biome-ignore format: one kind a line

const leafOf = (pick: (leaf: Leaf) => StandardSchemaV1): fc.Arbitrary<Case> =>
  fc.constantFrom(...LEAVES).map((leaf) => ({ schema: pick(leaf), value: near(leaf[4]) }))

/** Objects, lists, unions and nullables of them. */
function casesOf(leaf: fc.Arbitrary<Case>, make: Maker): fc.Arbitrary<Case> {
  return fc.letrec<{ any: Case }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'case' },
      { weight: 3, arbitrary: leaf },
      { weight: 1, arbitrary: tie('any').map(({ schema, value }) => ({ schema: make.list(schema), value: near(fc.array(value, { maxLength: 3 })) })) },
      { weight: 1, arbitrary: tie('any').map(({ schema, value }) => ({ schema: make.nullable(schema), value: fc.option(value) })) },
      { weight: 1, arbitrary: fc.tuple(tie('any'), tie('any')).map(([a, b]) => ({ schema: make.union(a.schema, b.schema), value: fc.oneof(a.value, b.value) })) },
      { weight: 4, arbitrary: fc.tuple(fc.constantFrom('strict', 'loose', 'strip', 'record' as const), fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.tuple(tie('any'), fc.boolean()))).map(([kind, fields]) => ({
        schema: make.object(kind, Object.entries(fields).map(([key, [inner, optional]]) => [key, inner.schema, optional])),
        value: near(fitting(fields)),
      })) },
    ),
  })).any // biome-ignore format: one production a line
}

type Fields = Readonly<Record<string, readonly [Case, boolean]>>
function fitting(fields: Fields): fc.Arbitrary<unknown> {
  const known = fc.record(Object.fromEntries(Object.entries(fields).map(([key, [inner]]) => [key, inner.value])), {
    requiredKeys: [],
  })
  const full = fc.record(Object.fromEntries(Object.entries(fields).map(([key, [inner]]) => [key, inner.value])))
  const extra = fc.dictionary(fc.constantFrom(...KEYS), junk, { maxKeys: 1 })
  return fc.oneof(
    { weight: 6, arbitrary: full },
    known,
    fc.tuple(full, extra).map(([a, b]) => merged(a, b)),
  )
}

/** With `__proto__` as an own key, as JSON.parse makes it. */
const merged = (...parts: readonly object[]): unknown =>
  JSON.parse(
    `{${parts.flatMap((part) => Object.entries(part).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)).join()}}`,
  )

interface Maker {
  list(of: StandardSchemaV1): StandardSchemaV1
  nullable(of: StandardSchemaV1): StandardSchemaV1
  union(a: StandardSchemaV1, b: StandardSchemaV1): StandardSchemaV1
  object(kind: string, fields: readonly (readonly [string, StandardSchemaV1, boolean])[]): StandardSchemaV1
}

const withZod: Maker = {
  list: (of) => z.array(of as z.ZodType),
  nullable: (of) => z.nullable(of as z.ZodType),
  union: (a, b) => z.union([a as z.ZodType, b as z.ZodType]),
  object: (kind, fields) => {
    const shape = Object.fromEntries(
      fields.map(([key, of, optional]) => [key, optional ? z.optional(of as z.ZodType) : (of as z.ZodType)]),
    )
    if (kind === 'record') return z.record(z.string(), (fields[0]?.[1] as z.ZodType | undefined) ?? z.unknown())
    return kind === 'strict' ? z.strictObject(shape) : kind === 'loose' ? z.looseObject(shape) : z.object(shape)
  },
}

const withValibot: Maker = {
  list: (of) => v.array(of as v.GenericSchema),
  nullable: (of) => v.nullable(of as v.GenericSchema),
  union: (a, b) => v.union([a as v.GenericSchema, b as v.GenericSchema]),
  object: (kind, fields) => {
    const entries = Object.fromEntries(
      fields.map(([key, of, optional]) => [
        key,
        optional ? v.optional(of as v.GenericSchema) : (of as v.GenericSchema),
      ]),
    )
    if (kind === 'record') return v.record(v.string(), (fields[0]?.[1] as v.GenericSchema | undefined) ?? v.unknown())
    return kind === 'loose' ? v.looseObject(entries) : kind === 'strip' ? v.object(entries) : v.strictObject(entries)
  },
}

/** The library's own word, as a contract says it. */
function said(schema: StandardSchemaV1, value: unknown): unknown {
  const result = schema['~standard'].validate(value) as StandardSchemaV1.Result<unknown>
  return result.issues === undefined
    ? { ok: true, value: result.value }
    : { ok: false, count: Math.min(result.issues.length, 20) }
}

let closed = 0
let accepted = 0
async function agrees(schema: StandardSchemaV1, values: readonly unknown[]): Promise<void> {
  const law = contract('law', { version: 1, schema, key: () => '' })
  const answer = (value: unknown): unknown => {
    const checked = law.check(value)
    return checked.ok ? checked : { ok: false, count: checked.issues.length }
  }
  const wanted = values.map((value) => said(schema, value))
  expect(values.map(answer)).toEqual(wanted)
  await law.prepare()
  expect(values.map(answer)).toEqual(wanted)
  const fast = checkerSchemaOf(schema)
  if (fast === undefined) return
  const checker = Compile(fast)
  for (const value of values) {
    closed++
    if (checker.Check(value)) accepted++
  }
}

const holds = (
  cases: fc.Arbitrary<Case>,
  wrap: (schema: StandardSchemaV1) => StandardSchemaV1,
  numRuns = 400,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      cases.chain(({ schema, value }) =>
        fc.tuple(fc.constant(schema), fc.array(value, { minLength: 4, maxLength: 8 })),
      ),
      async ([schema, values]) => agrees(wrap(schema), values),
    ),
    { numRuns },
  )

const asIs = (schema: StandardSchemaV1): StandardSchemaV1 => schema

describe('check agrees with the library, before and after it is prepared', () => {
  it('zod', async () => {
    closed = 0
    accepted = 0
    await holds(
      casesOf(
        leafOf(([zod]) => zod),
        withZod,
      ),
      asIs,
    )
    expect(closed).toBeGreaterThan(300) // else the property says little
    expect(accepted).toBeGreaterThan(100)
  })

  it('valibot', async () => {
    closed = 0
    accepted = 0
    await holds(
      casesOf(
        leafOf(([, valibot]) => valibot),
        withValibot,
      ),
      (schema) => toStandardJsonSchema(schema as v.GenericSchema),
    )
    expect(closed).toBeGreaterThan(300)
    expect(accepted).toBeGreaterThan(100)
  })

  it('arktype', () => {
    const leaf = fc.constantFrom(...LEAVES.filter(([, , ark]) => !ark.includes('=  "')))
    const cases = fc.tuple(leaf, leaf).map(([a, b]): Case => {
      const schema = type({
        a: (a[2].includes(' = ') ? 'string' : a[2]) as 'string',
        'b?': (b[2].includes(' = ') ? 'string' : b[2]) as 'string',
        '+': 'delete',
      })
      return { schema, value: near(fc.record({ a: near(a[4]), b: near(b[4]), c: junk }, { requiredKeys: ['a'] })) }
    })
    return holds(cases, asIs, 60) // some 10 ms for each type
  })

  it('JSON Schema', () => {
    const leaf = fc.constantFrom(...LEAVES)
    const cases = fc.tuple(leaf, leaf, fc.boolean()).map(
      ([a, b, additionalProperties]): Case => ({
        schema: jsonSchema({
          type: 'object',
          properties: { a: a[3], b: { anyOf: [b[3], { type: 'null' }] } },
          required: ['a'],
          additionalProperties,
        }),
        value: near(fc.record({ a: near(a[4]), b: near(b[4]), c: junk }, { requiredKeys: ['a'] })),
      }),
    )
    return holds(cases, asIs, 100)
  })
})
