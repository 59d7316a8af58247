import fc from 'fast-check'
import { type Static, Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { contract } from './contract.ts'
import { isUnique } from './dialect/unique.ts'
import { draft07, type JsonSchema, type JsonSchemaOptions, jsonSchema } from './json-schema.ts'

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#'
const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema'

const checks = (schema: JsonSchema, options?: JsonSchemaOptions): ((value: unknown) => boolean) => {
  const { validate } = jsonSchema(schema, options)['~standard']
  return (value) => !('issues' in validate(value))
}
const mistake = (schema: JsonSchema, options?: JsonSchemaOptions): string => {
  try {
    jsonSchema(schema, options)
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : ''
  }
  return 'taken'
}

describe('two drafts', () => {
  it('$schema says which: draft-07 does not look beside a reference', () => {
    const schema = { $ref: '#/definitions/list', maxItems: 1, definitions: { list: { type: 'array' } } }
    expect(checks({ $schema: DRAFT_07, ...schema })([1, 2])).toBe(true)
    expect(checks({ $schema: DRAFT_2020, ...schema })([1, 2])).toBe(false)
    expect(checks({ ...schema })([1, 2])).toBe(false)
  })

  it('a contract of draft-07 publishes 2020-12, and either gives the other', () => {
    const older = {
      $schema: DRAFT_07,
      type: 'object',
      properties: {
        pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }], additionalItems: false },
        city: { $ref: '#/definitions/text', maxLength: 3 },
      },
      dependencies: { pair: ['city'], city: { minProperties: 1 } },
      definitions: { text: { type: 'string' } },
    }
    const published = contract('c', { version: 1, schema: jsonSchema(older), key: () => '' }).jsonSchema ?? {}
    expect(published).toStrictEqual({
      $schema: DRAFT_2020,
      type: 'object',
      properties: {
        pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
        city: { $ref: '#/definitions/text' },
      },
      definitions: { text: { type: 'string' } },
      dependentRequired: { pair: ['city'] },
      dependentSchemas: { city: { minProperties: 1 } },
    })
    const back = jsonSchema(published)['~standard'].jsonSchema.input({ target: 'draft-07' })
    expect(back).toMatchObject({
      $schema: DRAFT_07,
      properties: { pair: { items: [{ type: 'string' }, { type: 'number' }], additionalItems: false } },
    })
    const [one, two, three] = [checks(older), checks(published), checks(back)]
    const values = fc.record(
      {
        pair: fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }),
        city: fc.oneof(fc.string(), fc.integer()),
      },
      { requiredKeys: [] },
    )
    fc.assert(fc.property(values, (value) => one(value) === two(value) && two(value) === three(value)))
  })

  it('the schema of any library goes out in draft-07, with what the fields mean', () => {
    const Zod = contract('c', {
      version: 1,
      schema: z.strictObject({ pair: z.tuple([z.string(), z.number()]), id: z.string() }),
      key: () => '',
      fields: { id: { means: 'number', personal: 'none' } },
    })
    expect(draft07(Zod.jsonSchema ?? {})).toMatchObject({
      $schema: DRAFT_07,
      properties: {
        pair: { items: [{ type: 'string' }, { type: 'number' }] },
        id: { type: 'string', description: 'number', 'x-tieline-personal': 'none' },
      },
    })
    expect(draft07({ $schema: DRAFT_07, not: {} })).toStrictEqual({ $schema: DRAFT_07, not: {} })
  })

  it('takes the schemas of TypeBox', () => {
    const T = Type.Object({
      id: Type.String({ description: 'number' }),
      tags: Type.Optional(Type.Array(Type.String())),
    })
    const One = contract('c', { version: 1, schema: jsonSchema<Static<typeof T>>(T), key: ({ id }) => id })
    expect(One.check({ id: 'a' })).toStrictEqual({ ok: true, value: { id: 'a' } })
    expect(One.check({ id: 'a', tags: [1] })).toMatchObject({ ok: false, issues: [{ path: 'tags.0' }] })
    expect(One.describe().fields).toMatchObject([
      { path: 'id', means: 'number' },
      { path: 'tags[]', type: 'text' },
    ])
  })

  it('says what the other draft cannot', () => {
    const asked = (schema: JsonSchema) => () => jsonSchema(schema)['~standard'].jsonSchema.input({ target: 'draft-07' })
    expect(asked({ unevaluatedProperties: false })).toThrow('cannot say unevaluatedProperties')
    expect(asked({ prefixItems: [{}], items: { $ref: '#/prefixItems/0' } })).toThrow('cannot say a reference through')
    expect(asked({ $ref: '#/$defs/a', minLength: 1, $defs: { a: { $anchor: 'x' } } })()).toStrictEqual({
      $schema: DRAFT_07,
      allOf: [{ $ref: '#/$defs/a' }],
      minLength: 1,
      $defs: { a: { $id: '#x' } },
    })
    expect(() => jsonSchema({})['~standard'].jsonSchema.input({ target: 'openapi-3.0' })).toThrow('only draft-2020-12')
  })
})

describe('references', () => {
  const documents = {
    'https://example.com/address.json': { $defs: { zip: { type: 'string', pattern: '^\\d{5}$' } }, required: ['zip'] },
  }
  it('lead to the documents given, and nowhere else', () => {
    const zip = { $ref: 'https://example.com/address.json#/$defs/zip' }
    expect([12345, '1234', '12345'].map(checks(zip, { documents }))).toStrictEqual([false, false, true])
    expect(mistake(zip)).toContain('at /$ref: https://example.com/address.json#/$defs/zip leads nowhere')
    expect(mistake({ items: { $ref: '#name' } })).toContain('at /items/$ref: #name leads nowhere')
    expect(mistake({ $ref: '#/$defs/a', $defs: { a: { $ref: 'file:///etc/passwd' } } })).toContain('leads nowhere')
    expect(mistake({ $ref: '#/const/a', const: { a: 5 } })).toContain('leads nowhere')
  })

  it('that never go into the value are refused with the place that closes the loop', () => {
    expect(mistake({ $ref: '#' })).toContain('at /$ref: this reference leads back to itself')
    const two = { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { not: { anyOf: [{ $ref: '#/$defs/a' }] } } }
    expect(mistake({ $defs: two })).toContain('at /$defs/b/not/anyOf/0/$ref: this reference leads back')
    expect(mistake({ properties: { next: { $ref: '#' } } })).toBe('taken')
  })
})

describe('nothing is ignored in silence', () => {
  it.each<[string, JsonSchema]>([
    ['at /properties/a/requried: requried is no keyword of draft-2020-12', { properties: { a: { requried: ['b'] } } }],
    ['at /dependencies: dependencies is no keyword of draft-2020-12, so nothing would be checked: write dependentRequired', { dependencies: {} }],
    ['say "$schema": "https://json-schema.org/draft/2020-12/schema"', { $schema: DRAFT_07, prefixItems: [] }],
    ['at /anyOf/0/nullable: nullable is no keyword of draft-2020-12, so nothing would be checked: add "null"', { anyOf: [{ nullable: true }] }],
    ['at /format: nothing checks int64', { format: 'int64' }],
    ['at /$defs/a~1b/toString: toString is no keyword', { $defs: { 'a/b': { toString: 1 } } }],
  ])('%s', (message, schema) => expect(mistake(schema)).toContain(message)) // biome-ignore format: one list

  it('but what its author names, annotations, and names of fields', () => {
    expect(mistake({ markdownDescription: 'x', format: 'int64' }, { unchecked: ['markdownDescription', 'int64'] })).toBe('taken') // biome-ignore format: one line
    expect(mistake({ 'x-owner': 'us', properties: { requried: true }, const: { any: 1 }, default: { b: 1 } })).toBe('taken') // biome-ignore format: one line
    const noted = checks({ format: 'email' }, { formats: 'note' })
    expect([noted('none'), checks({ format: 'email' })('none')]).toStrictEqual([true, false])
  })
})

describe('attacks', () => {
  const parsed = (text: string): unknown => JSON.parse(text)

  it('names that every object answers to', () => {
    for (const name of ['__proto__', 'toString', 'constructor', 'hasOwnProperty', 'valueOf']) {
      const required = checks({ required: [name] })
      expect([required({}), required(parsed(`{"${name}":1}`)), required('text')]).toStrictEqual([false, true, true])
      const typed = checks(
        parsed(`{"properties":{"${name}":{"type":"string"}},"additionalProperties":false}`) as JsonSchema,
      )
      expect([typed({}), typed(parsed(`{"${name}":"x"}`)), typed(parsed(`{"${name}":1}`))]).toStrictEqual([
        true,
        true,
        false,
      ])
      expect(checks({ additionalProperties: false })(parsed(`{"${name}":1}`))).toBe(false)
    }
    const clash = checks({
      properties: { valueOf: { minimum: 1 } },
      patternProperties: { '^valueOf$': { maximum: 5 } },
    })
    expect([0, 3, 9].map((amount) => clash({ valueOf: amount }))).toStrictEqual([false, true, false])
    expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined()
  })

  it('a document of 100,000 levels is answered', async () => {
    const deep = parsed('['.repeat(100_000) + ']'.repeat(100_000))
    for (const schema of [{ items: { $ref: '#' } }, { uniqueItems: true, items: { $ref: '#' } }, { const: [[1]] }]) {
      const Deep = contract('deep', { version: 1, schema: jsonSchema(schema), key: () => '' })
      await Deep.prepare()
      expect(Deep.check([deep, deep])).toMatchObject({ ok: false })
    }
  })

  it('a list of 200,000 items is compared in one pass, with and without doubles', () => {
    const unique = checks({ uniqueItems: true })
    const many = Array.from({ length: 200_000 }, (_, i) => ({ id: i, name: `n${i}` }))
    expect(unique(many)).toBe(true)
    expect(unique([...many, { name: 'n7', id: 7 }])).toBe(false)
    expect(unique(Array(200_000).fill(1))).toBe(false)
    expect(checks({ uniqueItems: false })([1, 1])).toBe(true)
  })

  it('items are equal as JSON values are', () => {
    const item = fc.jsonValue({ maxDepth: 2 })
    const sorted = (value: unknown): unknown =>
      typeof value !== 'object' || value === null
        ? value
        : Array.isArray(value)
          ? value.map(sorted)
          : Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => ({ key, one: sorted(one) })) // biome-ignore format: one expression
    fc.assert(
      fc.property(fc.array(item, { maxLength: 5 }), (list) => {
        const texts = new Set(list.map((one) => JSON.stringify([Array.isArray(one), sorted(one)])))
        expect(isUnique(list)).toBe(texts.size === list.length)
      }),
    )
    expect([[1, true], ['1', 1], [{}, '{}', 'o{}'], [[1], ['1']], [null, 'null'], [{ a: 1 }, [['a', 1]]]].map(isUnique)).not.toContain(false) // biome-ignore format: one line
    expect(
      [
        [0, -0],
        [[0], [-0]],
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ].map(isUnique),
    ).not.toContain(true)
  })

  it('patterns that take exponential time are refused with their place', () => {
    expect(mistake({ properties: { a: { pattern: '^(a+)+$' } } })).toContain('at /properties/a/pattern: on some texts')
    expect(mistake({ patternProperties: { '(x|x)*y': true } })).toContain('at /patternProperties: on some texts')
    expect(mistake({ pattern: '^([a-z0-9-]+\\.)+[a-z]{2,}$' })).toBe('taken')
  })
})
