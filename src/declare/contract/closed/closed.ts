import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonSchema } from '../json-schema-of.ts'
import { closedValibot } from './valibot.ts'
import { closedZod } from './zod.ts'

/**
 * The JSON Schema that a compiled checker may say yes by, or `undefined`. A schema is closed when JSON Schema is the whole truth about it: no
 * code of its own decides, and the value comes out as it went in. Whatever is not known to be so is open, and its library alone answers.
 * ArkType is open on purpose: it is as fast as the checker. JSON Schema is checked by the checker anyway.
 */
export function checkerSchemaOf(schema: StandardSchemaV1): JsonSchema | undefined {
  switch (schema['~standard'].vendor) {
    case 'zod':
      return closedZod(schema)
    case 'valibot':
      return closedValibot(schema)
    default:
      return undefined
  }
}
