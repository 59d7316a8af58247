import type { JsonSchema } from '../json-schema-of.ts'
import { schemaMistake, subschemas } from './keyword.ts'
import type { Addresses, Located } from './reference.ts'

/**
 * References that come back to where they started without going into the value would never end.
 * @throws {TielineError} `DECLARATION_INVALID` with the place of the reference that closes the loop.
 */
export function checkLoops({ all, resolve }: Addresses): void {
  const done = new Set<unknown>()
  const visit = (located: Located, above: Set<unknown>, ref: string): void => {
    const { schema } = located
    if (typeof schema !== 'object' || schema === null || done.has(schema)) return
    if (above.has(schema)) throw schemaMistake(ref, 'this reference leads back to itself without going into the value')
    above.add(schema)
    for (const { step, schema: child, place } of subschemas(schema as JsonSchema)) {
      if (place === 'in place') visit({ ...located, schema: child, at: `${located.at}/${step}` }, above, ref)
    }
    const to = (schema as JsonSchema)['$ref']
    const target = typeof to === 'string' ? resolve(to, located) : undefined
    if (target !== undefined) visit(target, above, `${located.at}/$ref`)
    above.delete(schema)
    done.add(schema)
  }
  for (const located of all) visit(located, new Set(), '')
}
