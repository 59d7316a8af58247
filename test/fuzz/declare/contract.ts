import { isDeepStrictEqual } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { z } from 'zod'
import { type Contract, contract } from '../../../src/declare/contract/contract.ts'
import { jsonSchema } from '../../../src/declare/contract/json-schema.ts'
import { mutateJson } from '../mutate/json.ts'
import { type AnyTarget, target } from '../target.ts'

interface Value {
  readonly schema: number
  readonly value: unknown
}

const ADDRESS = z.strictObject({
  city: z.string().min(1),
  zip: z
    .string()
    .regex(/^\d{4,5}$/)
    .optional(),
})
const recursive: z.ZodType = z.strictObject({
  n: z.int(),
  get next() {
    return z.optional(recursive)
  },
})

/** Schemas that a compiled checker answers for, and some that it must leave to their library, each with a value that fits. */
const CASES: readonly { readonly schema: StandardSchemaV1; readonly fits: unknown }[] = [
  {
    schema: z.strictObject({
      payment: z.string(),
      change: z.enum(['paid', 'refunded']),
      currency: z.string().length(3),
      at: z.iso.datetime(),
      minor: z.int().min(0).nullable(),
      address: ADDRESS.optional(),
      lines: z.array(z.strictObject({ sku: z.string().max(5), n: z.number().gt(0) })),
    }),
    fits: {
      payment: 'pi_1',
      change: 'paid',
      currency: 'EUR',
      at: '2026-09-01T10:00:00Z',
      minor: 5,
      address: { city: 'Bern' },
      lines: [{ sku: 'a', n: 1.5 }],
    },
  },
  {
    schema: z.looseObject({ id: z.string(), email: z.email(), tags: z.record(z.string(), z.unknown()) }),
    fits: { id: '1', email: 'a@b.ch', tags: { a: 1 }, more: [] },
  },
  {
    schema: z.discriminatedUnion('t', [
      z.strictObject({ t: z.literal('a'), n: z.number() }),
      z.strictObject({ t: z.literal('b'), s: z.string().startsWith('x') }),
    ]),
    fits: { t: 'b', s: 'x😀' },
  },
  { schema: recursive, fits: { n: 1, next: { n: 2, next: { n: 3 } } } },
  { schema: z.object({ id: z.string() }), fits: { id: '1', gone: true } },
  { schema: z.object({ name: z.string().trim(), n: z.coerce.number() }), fits: { name: ' a ', n: '5', gone: true } },
  {
    schema: toStandardJsonSchema(
      v.strictObject({
        a: v.optional(v.nullable(v.string())),
        n: v.pipe(v.number(), v.integer(), v.minValue(2)),
        k: v.union([v.picklist(['a', 'b']), v.literal(5)]),
      }),
    ),
    fits: { a: null, n: 2, k: 5 },
  },
  {
    schema: jsonSchema({
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', maxLength: 3, pattern: '^[a-z]+$' }, n: { type: 'integer', minimum: 0 } },
      additionalProperties: false,
    }),
    fits: { id: 'abc', n: 0 },
  },
]
const declared = ({ schema }: (typeof CASES)[number]): Contract<unknown> =>
  contract('law', { version: 1, schema, key: () => '' })
/** One that has its fast checker, and one that never gets it. */
const PAIRS: readonly (readonly [fast: Contract<unknown>, slow: Contract<unknown>])[] = CASES.map((one) => [
  declared(one),
  declared(one),
])
await Promise.all(PAIRS.map(([fast]) => fast.prepare()))

export const contracts: AnyTarget = target<Value, 'yes' | 'same' | 'bounded'>({
  name: 'contract',
  about: 'values against contracts of Zod, Valibot and JSON Schema',
  laws: {
    yes: 'what the fast checker takes, the library takes, and the value comes out as it went in',
    same: 'with and without the fast checker the answer is the same: value or issues',
    bounded: 'at most 20 issues, with paths and messages of bounded length; no value makes it throw',
  },
  make: (chance) => {
    const schema = chance.below(CASES.length)
    const { fits } = CASES[schema] as (typeof CASES)[number]
    return { schema, value: chance.once(8) ? fits : mutateJson(chance, fits) }
  },
  check({ schema, value }, broken) {
    const [fast, slow] = PAIRS[schema] as (typeof PAIRS)[number]
    const [found, wanted] = [fast.check(value), slow.check(value)]
    if (found.ok && !wanted.ok) broken('yes', `the library says: ${JSON.stringify(wanted.issues[0])}`)
    if (found.ok && wanted.ok && !isDeepStrictEqual(found.value, wanted.value)) broken('yes', 'another value')
    if (found.ok !== wanted.ok || (!found.ok && !wanted.ok && !isDeepStrictEqual(found.issues, wanted.issues)))
      broken('same')
    if (found.ok) return
    const long = found.issues.some(({ path, message }) => path.length > 201 || message.length > 301)
    if (found.issues.length === 0 || found.issues.length > 20 || long)
      broken('bounded', `${found.issues.length} issues`)
  },
  grow: {
    to: 65_536,
    run: (text) =>
      PAIRS.map(([fast]) =>
        fast.check({ id: text, email: text, at: text, s: text, payment: text, lines: [], tags: {} }),
      ),
  },
})
