import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { annotated } from './annotation.ts'
import { currencyField } from './describe.ts'
import type { JsonSchema } from './json-schema-of.ts'
import { schemaFields } from './schema-field.ts'
import { type FieldSemantics, isMoneyUnit, semanticsProblem } from './semantics.ts'

const SHOWN = 8

/**
 * The JSON Schema of a contract with the declared semantics of its fields as annotations.
 * @throws {TielineError} `DECLARATION_INVALID` naming the field that the schema does not have, or the word that means nothing.
 */
export function explained(
  name: string,
  schema: JsonSchema | undefined,
  fields: Readonly<Record<string, FieldSemantics | undefined>>,
): JsonSchema {
  const refuse = (message: string): never => {
    throw new TielineError('DECLARATION_INVALID', `contract ${name}: ${message}`)
  }
  if (schema === undefined) {
    return refuse('fields: its schema gives no JSON Schema to hold them against (Valibot: toStandardJsonSchema(…))')
  }
  const paths = new Set(schemaFields(schema).map(({ path }) => path))
  let whole = schema
  for (const [path, semantics] of Object.entries(fields)) {
    if (semantics === undefined) continue
    const at = `fields['${path}']`
    const problem = semanticsProblem(semantics)
    if (problem !== undefined) refuse(`${at}.${problem}`)
    const { unit } = semantics
    if (isMoneyUnit(unit) && 'field' in unit.currency) {
      const { field } = unit.currency
      if (currencyField(field, path, paths) === undefined) refuse(`${at}.unit: the schema has no field '${field}'`)
    }
    const known = paths.has(path) ? annotated(whole, path, semantics, schema) : undefined
    whole = known ?? refuse(`${at}: the schema has no such field. It has ${told([...paths])}`)
  }
  return deepFreeze(whole)
}

const told = (paths: readonly string[]): string =>
  paths.slice(0, SHOWN).join(', ') + (paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '')
