import type { Node } from '../../declare/mapping/node.ts'
import type { Finding, Rule } from './finding.ts'
import { mappingsOf } from './mapped-flow.ts'
import { type Schema, shapeOf } from './schema.ts'

/**
 * Every field that the contract requires is mapped, and by a word that always gives it. The types say the same where they are known;
 * a contract made from plain JSON Schema has none. A contract without JSON Schema is not looked at.
 */
export const requiredField: Rule = ({ flows }) =>
  mappingsOf(flows).flatMap(({ name, node, overrides, to }): readonly Finding[] => {
    const schema = to.jsonSchema
    if (schema === undefined) return []
    const nodes = [node, ...overrides.map((own) => own.node)]
    return [...new Set(nodes.flatMap((each) => missing(schema, each, schema, '')))].map((path) => ({
      rule: 'required-field',
      severity: 'error',
      where: `mapping ${name}`,
      message: `the contract ${to.name} v${to.version} requires ${path}, and the mapping may leave it out`,
      advice: `Map ${path}, with required(…, skip('why')) or fallback(…) where the source may lack it.`,
    }))
  })

/** Required fields that an expression for this schema does not always give. */
function missing(schema: Schema, node: Node, root: Schema, path: string): readonly string[] {
  switch (node.op) {
    case 'object': {
      const { properties, required } = shapeOf(schema, root)
      const given = new Map(node.fields)
      const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
      return [
        ...required.filter((name) => given.get(name) === undefined || given.get(name)?.op === 'optional').map(at),
        ...node.fields.flatMap(([name, field]) => missing(properties[name] ?? {}, field, root, at(name))),
      ]
    }
    case 'each':
      return missing(shapeOf(schema, root).items ?? {}, node.item, root, `${path}[]`)
    case 'when':
      return [...missing(schema, node.yes, root, path), ...missing(schema, node.no, root, path)]
    case 'optional':
    case 'required':
    case 'fallback':
      return missing(schema, node.of, root, path)
    default:
      return []
  }
}
