import { TielineError } from '../../core/error.ts'

/** As the PostgreSQL store names schemas. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,39}$/

/** The schema as an SQL identifier. @throws {TielineError} DECLARATION_INVALID */
export function schemaName(schema: string): string {
  if (SCHEMA.test(schema)) return `"${schema}"`
  throw new TielineError(
    'DECLARATION_INVALID',
    `schema ${JSON.stringify(schema)}: use lower-case letters, digits and _, at most 40, as in postgres()`,
  )
}
