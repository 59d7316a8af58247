import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TielineError } from '../../core/error.ts'
import { contract } from './contract.ts'
import { jsonSchema } from './json-schema.ts'

const faultOf = (run: () => unknown): TielineError => {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof TielineError) return thrown
  }
  throw new Error('no TielineError was thrown')
}

const Payment = contract('payment', {
  version: 2,
  schema: z.strictObject({ id: z.string(), lines: z.array(z.strictObject({ sku: z.string() })) }),
  key: (payment) => payment.id,
})

describe('a contract', () => {
  it('says what it is', () => {
    expect(Payment).toMatchObject({ kind: 'contract', name: 'payment', version: 2, compatibility: 'backward' })
    expect(Payment.key({ id: 'p', lines: [] })).toBe('p')
    expect(Object.isFrozen(Payment)).toBe(true)
    expect(Payment.jsonSchema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['id', 'lines'],
    })
    expect(Payment.jsonSchema).toBe(Payment.jsonSchema)
  })

  it('publishes what its library can say, and nothing where it cannot', () => {
    const described = z.object({ at: z.string().meta({ description: 'when' }) })
    expect(contract('c', { version: 1, schema: described, key: () => '' }).jsonSchema).toMatchObject({
      properties: { at: { description: 'when' } },
    })
    expect(contract('c', { version: 1, schema: type({ a: 'string' }), key: () => '' }).jsonSchema).toMatchObject({
      required: ['a'],
    })
    expect(contract('c', { version: 1, schema: v.object({ a: v.string() }), key: () => '' }).jsonSchema).toBeUndefined()
    expect(contract('c', { version: 1, schema: z.date(), key: () => '' }).jsonSchema).toBeUndefined()
  })

  it('names the place of each issue, before and after it is prepared', async () => {
    const answers = () => Payment.check({ id: 5, lines: [{ sku: 'a' }, { sku: null, x: 1 }] })
    const before = answers()
    expect(before).toMatchObject({ ok: false, issues: [{ path: 'id' }, { path: 'lines.1.sku' }, { path: 'lines.1' }] })
    await Payment.prepare()
    expect(answers()).toStrictEqual(before)
    expect(Payment.check({ id: 'p', lines: [] })).toStrictEqual({ ok: true, value: { id: 'p', lines: [] } })
  })

  it('bounds what a stranger can make it say', () => {
    const many = contract('many', { version: 1, schema: z.array(z.string()), key: () => '' }).check(
      Array.from({ length: 500 }, () => 1),
    )
    expect(many.ok ? 0 : many.issues.length).toBe(20)
    const long = contract('long', { version: 1, schema: z.record(z.string(), z.string()), key: () => '' }).check({
      ['k'.repeat(5_000)]: 1,
    })
    expect(long.ok ? 0 : long.issues[0]?.path.length).toBe(201)
    const keys = contract('keys', { version: 1, schema: z.strictObject({}), key: () => '' }).check({
      ['k'.repeat(5_000)]: 1,
    })
    expect(keys.ok ? 0 : keys.issues[0]?.message.length).toBe(301)
  })

  it('answers for a document nested too deeply, and for a schema whose own code fails', async () => {
    interface Tree {
      readonly next?: Tree | undefined
    }
    const Node: z.ZodType<Tree> = z.strictObject({ get next() { return Node.optional() } }) // biome-ignore format: short
    const tree = contract('tree', { version: 1, schema: Node, key: () => '' })
    let deep: Tree = {}
    for (let i = 0; i < 200_000; i++) deep = { next: deep }
    await tree.prepare()
    expect(tree.check(deep)).toMatchObject({
      ok: false,
      issues: [{ path: '', message: expect.stringContaining('nested too deeply') }],
    })
    const faulty = contract('faulty', { version: 1, schema: z.string().refine((text) => JSON.parse(text) !== ''), key: () => '' }) // biome-ignore format: short
    expect(faulty.check('{')).toMatchObject({
      ok: false,
      issues: [{ path: '', message: expect.stringContaining("the schema's own code failed on it: SyntaxError") }],
    })
  })

  it('does without the checker where a pattern means nothing to it', async () => {
    // biome-ignore lint/complexity/noUselessEscapeInRegex: the escape is what the flag `u` refuses
    const dashed = contract('dashed', { version: 1, schema: z.string().regex(/^a\-b$/), key: () => '' })
    await dashed.prepare()
    expect(dashed.check('a-b')).toStrictEqual({ ok: true, value: 'a-b' })
    expect(dashed.check('ab')).toMatchObject({ ok: false })
  })

  it('counts on its library for what it changes', async () => {
    const Changing = contract('changing', {
      version: 1,
      schema: z.object({
        name: z.string().trim(),
        kind: z.string().default('plain'),
        at: z.string().transform((text) => text.length),
        count: z.coerce.number(),
        even: z.number().refine((n) => n % 2 === 0),
      }),
      key: (value) => `${value.name}${value.at.toFixed()}`,
    })
    await Changing.prepare()
    const given = { name: ' a ', at: 'four', count: '5', even: 2, extra: true }
    expect(Changing.check(given)).toStrictEqual({
      ok: true,
      value: { name: 'a', kind: 'plain', at: 4, count: 5, even: 2 },
    })
    expect(Changing.check({ ...given, even: 3 })).toMatchObject({ ok: false, issues: [{ path: 'even' }] })
  })

  it('refuses a schema that answers later, as soon as it can know', async () => {
    const asynchronous = /answers asynchronously; a contract decides at once/
    const flagged = v.objectAsync({ a: v.string() })
    expect(faultOf(() => contract('later', { version: 1, schema: flagged, key: () => '' })).message).toMatch(
      asynchronous,
    )
    const always = contract('later', {
      version: 1,
      schema: { '~standard': { version: 1, vendor: 'slow', validate: () => Promise.reject(new Error('late')) } },
      key: () => '',
    })
    await expect(always.prepare()).rejects.toThrow(asynchronous)
    expect(faultOf(() => always.check(1)).code).toBe('DECLARATION_INVALID')
    const sometimes = contract('later', { version: 1, schema: z.string().refine(async () => true), key: () => '' })
    await sometimes.prepare()
    expect(faultOf(() => sometimes.check('x')).message).toMatch(asynchronous)
  })

  it.each<[RegExp, object]>([
    [/contract c: version 0: use a whole number/, { version: 0 }],
    [/contract c: version 1.5/, { version: 1.5 }],
    [/contract c: schema: use a Standard Schema .* or jsonSchema/, { schema: { type: 'object' } }],
    [/contract c: schema: use a Standard Schema/, { schema: undefined }],
    [/contract c: key: use a function/, { key: 'id' }],
  ])('is refused with what to write: %s', (message, change) => {
    const fault = faultOf(() => contract('c', { version: 1, schema: z.string(), key: () => '', ...change } as never))
    expect(fault.message).toMatch(message)
    expect(fault.code).toBe('DECLARATION_INVALID')
  })
})

describe('jsonSchema', () => {
  const Order = contract('order', {
    version: 1,
    schema: jsonSchema<{ readonly id: string; readonly 'a/b'?: readonly string[] }>({
      type: 'object',
      properties: { id: { $ref: '#/$defs/id' }, 'a/b': { type: 'array', items: { enum: ['x'] } } },
      required: ['id'],
      additionalProperties: false,
      $defs: { id: { type: 'string', pattern: '^o_' } },
    }),
    key: (order) => order.id,
  })

  it('checks, and names the place of each issue', async () => {
    for (const ready of [Promise.resolve(), Order.prepare()]) {
      await ready
      expect(Order.check({ id: 'o_1', 'a/b': ['x'] })).toStrictEqual({ ok: true, value: { id: 'o_1', 'a/b': ['x'] } })
      expect(Order.check({ id: 'o_1', 'a/b': ['y'] })).toMatchObject({ ok: false, issues: [{ path: 'a/b.0' }] })
      expect(Order.check({ id: 'p_1' })).toMatchObject({ ok: false, issues: [{ path: 'id' }] })
      expect(Order.check({ id: 'o_1', more: 1 })).toMatchObject({ ok: false })
      expect(Order.check(undefined)).toMatchObject({ ok: false })
    }
    expect(Order.jsonSchema).toMatchObject({ required: ['id'] })
  })

  it('is a copy that nobody changes', () => {
    const given = { type: 'object', required: ['a'] }
    const schema = jsonSchema(given)
    given.required.push('b')
    expect(schema['~standard'].validate({ a: 1 })).toStrictEqual({ value: { a: 1 } })
  })

  const cycle: Record<string, unknown> = {}
  cycle['not'] = cycle
  it.each<[string, unknown]>([
    ['at /type', { type: 'strng' }],
    ['at /properties/a/minLength', { properties: { a: { minLength: '3' } } }],
    ['at /$ref: #/$defs/x leads nowhere', { $ref: '#/$defs/x' }],
    ['at /items/pattern: must match format "regex"', { items: { pattern: '(' } }],
    ['at /$schema: only', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    ['at /items/minlength: minlength is no keyword of draft-2020-12', { items: { minlength: 1 } }],
    ['at its root: use an object of plain JSON', cycle],
    ['at its root: use an object of plain JSON', []],
    ['at its root: use an object of plain JSON', undefined],
  ])('refuses a schema that is none: %s', (message, schema) => {
    const fault = faultOf(() => jsonSchema(schema as never))
    expect(fault.message).toContain(`JSON Schema, ${message}`)
    expect(fault.code).toBe('DECLARATION_INVALID')
  })
})
