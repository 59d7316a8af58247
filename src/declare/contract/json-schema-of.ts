import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { deepFreeze } from '../../core/freeze.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** JSON Schema 2020-12 of what a schema takes, by Standard JSON Schema; `undefined` where its library has no conversion for it. */
export function jsonSchemaOf(
  schema: StandardSchemaV1,
  libraryOptions?: Readonly<Record<string, unknown>>,
): JsonSchema | undefined {
  const { jsonSchema } = (schema as StandardSchemaV1 & Partial<StandardJSONSchemaV1>)['~standard'] as Partial<
    StandardJSONSchemaV1['~standard']
  >
  if (jsonSchema === undefined) return undefined
  try {
    return deepFreeze(
      jsonSchema.input({ target: 'draft-2020-12', ...(libraryOptions === undefined ? {} : { libraryOptions }) }),
    )
  } catch {
    return undefined // a date, a transform, a custom check: said by throwing
  }
}
