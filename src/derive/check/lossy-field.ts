import { type Mapping, oneWayFields } from '../../declare/mapping/mapping.ts'
import { childrenOf, type Node } from '../../declare/mapping/node.ts'
import type { Finding, Rule } from './finding.ts'
import { mappingsOf } from './mapped-flow.ts'

/**
 * Nothing is lost without a word. A mapping that says `twoWay` comes back whole: each field that would not is an error. In any other, a
 * conversion that makes several declared values the same without saying why is a warning; `upper` or `text` say themselves what they do, and
 * the mapping's document lists them.
 */
export const lossyField: Rule = ({ flows }) =>
  mappingsOf(flows).flatMap((mapping) => [...oneWay(mapping), ...merging(mapping)])

function oneWay(mapping: Mapping<unknown, unknown>): readonly Finding[] {
  const fields = mapping.twoWay === undefined ? [] : oneWayFields(mapping)
  if (fields.length === 0) return []
  return [
    {
      rule: 'lossy-field',
      severity: 'error',
      where: `mapping ${mapping.name}`,
      message: `it says twoWay, and does not come back: ${fields.map(({ field, why }) => `${field} (${why})`).join(', ')}`,
      advice:
        "Use the word's way back (upper(value, { was: 'lower' }), derive(…, back)), or say what is decided: twoWay: { without: { field: 'why' }, prefer: ['field'] }.",
    },
  ]
}

function merging({ name, node, overrides, to }: Mapping<unknown, unknown>): readonly Finding[] {
  const found = new Set([node, ...overrides.map((own) => own.node)].flatMap((each) => mergedFields(each, '')))
  return [...found].map((field) => ({
    rule: 'lossy-field',
    severity: 'warning',
    where: `mapping ${name}`,
    message: `several values of the source become the same ${field || to.name}`,
    advice: "Give each a value of its own, or say that it is meant: enumOf(value, { … }, 'why').",
  }))
}

/** Fields of the target in which different values of the source become one, and nobody says why. */
function mergedFields(node: Node, at: string): readonly string[] {
  if (node.op === 'object') {
    return node.fields.flatMap(([name, field]) => mergedFields(field, at === '' ? name : `${at}.${name}`))
  }
  if (node.op === 'call' && node.codec.merges === true) return [at]
  return childrenOf(node).flatMap((child) => mergedFields(child, node.op === 'each' ? `${at}[]` : at))
}
