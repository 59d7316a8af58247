import { Compile, type Validator } from 'typebox/schema'
import { TielineError } from '../../../src/core/error.ts'
import type { Field } from '../../../src/serve/admin/field.ts'
import { ROUTES } from '../../../src/serve/admin/routes.ts'
import { mutateJson } from '../mutate/json.ts'
import { type AnyTarget, target } from '../target.ts'

interface Given {
  readonly field: number
  readonly value: unknown
}

const VALID: readonly unknown[] = [
  'flow:payments',
  '30m',
  '0s',
  '36500d',
  'corrected',
  '',
  1,
  2,
  4_096,
  0.5,
  100_000,
  ['1', '2'],
  [],
  { id: 'evt_1' },
  'x'.repeat(4_096),
  'x'.repeat(4_097),
]
const FIELDS: readonly { readonly name: string; readonly field: Field<unknown>; readonly schema: Validator }[] =
  ROUTES.flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([name, field]) =>
      field.in === 'body' ? [{ name, field, schema: Compile(field.schema) }] : [],
    ),
  )

export const adminFields: AnyTarget = target<Given, 'documented' | 'refuses'>({
  name: 'admin-fields',
  about: 'fields in the bodies of the admin API, against its own OpenAPI document',
  laws: {
    documented: 'what a field takes fits the schema that the document shows',
    refuses: 'what it does not take is REQUEST_INVALID in one bounded line that begins with its name',
  },
  make: (chance) => {
    const value = chance.one(VALID)
    return { field: chance.below(FIELDS.length), value: chance.once(4) ? value : mutateJson(chance, value) }
  },
  check({ field: number, value }, broken) {
    const { name, field, schema } = FIELDS[number] as (typeof FIELDS)[number]
    try {
      field.read(value, name)
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'REQUEST_INVALID') throw thrown
      if (!thrown.message.startsWith(name) || thrown.message.length > 200 || /\p{Cc}/u.test(thrown.message))
        broken('refuses', thrown.message)
      return
    }
    if (!schema.Check(value)) broken('documented', name)
  },
})
