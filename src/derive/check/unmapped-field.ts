import { leafPaths } from '../../declare/contract/leaf-paths.ts'
import type { Mapping } from '../../declare/mapping/mapping.ts'
import { childrenOf, type Node, pathText, type Root } from '../../declare/mapping/node.ts'
import { nodeIn, reference } from '../../declare/mapping/recorder.ts'
import type { Finding, Rule } from './finding.ts'
import { mappingsOf } from './mapped-flow.ts'

const SHOWN = 8

/**
 * Every field that the source's contract declares is mapped or dropped with a reason, so that nothing is lost by oversight. A source
 * without a JSON Schema, or whose body is picked by more than a path, is not looked at.
 */
export const unmappedField: Rule = ({ flows }) =>
  mappingsOf(flows).flatMap((mapping): readonly Finding[] => {
    const left = unmapped(mapping)
    if (left.length === 0) return []
    const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : ''
    return [
      {
        rule: 'unmapped-field',
        severity: 'warning',
        where: `mapping ${mapping.name}`,
        message: `of ${mapping.from.endpoint.name} ${mapping.from.type}, neither mapped nor dropped: ${left.slice(0, SHOWN).join(', ')}${more}`,
        advice: "Map them, or say why not: drops: (source) => [drop('why', source.field)].",
      },
    ]
  })

function unmapped({ from, node, overrides, drops }: Mapping<unknown, unknown>): readonly string[] {
  const schema = from.contract?.jsonSchema
  const prefix = bodyPath(from.body)
  if (schema === undefined || prefix === undefined) return []
  const nodes = [node, ...overrides.map((own) => own.node)]
  const used = [...nodes.flatMap(readPaths), ...drops.flatMap(({ paths }) => paths)].map(anyIndex)
  // A record is a leaf of its schema; one of its entries that is read accounts for it: which others there are, nobody declared.
  return leafPaths(schema)
    .flatMap((leaf) => below(leaf, prefix))
    .filter(
      (leaf) => !used.some((path) => path === WHOLE || path === leaf || isUnder(leaf, path) || isUnder(path, leaf)),
    )
}

const ROOT: Root = Object.freeze({ path: '', depth: 0 })
const WHOLE = pathText(ROOT, [])

/** Where the body stands in the event, found by running the picking function on a reference; `undefined` when it does more than pick. */
function bodyPath(body: (event: unknown) => unknown): string | undefined {
  try {
    const node = nodeIn(body(reference(ROOT)))
    return node?.op === 'path' ? pathText(node.root, node.keys) : undefined
  } catch {
    return undefined // it computes with the event
  }
}

/** A leaf of the event as the mapping names it, when it is part of the body. */
function below(leaf: string, prefix: string): readonly string[] {
  if (prefix === WHOLE) return leaf === '' ? [] : [leaf]
  return leaf.startsWith(`${prefix}.`) ? [leaf.slice(prefix.length + 1)] : []
}

/** Every path whose value is read. A list that is walked is not read as a whole: its items say what of them is. */
function readPaths(node: Node): readonly string[] {
  if (node.op === 'path') {
    const path = pathText(node.root, node.keys)
    return node.root.of === undefined ? [path] : [path, ...readPaths(node.root.of)]
  }
  if (node.op === 'each' && node.list.op === 'path') {
    const within = childrenOf(node).filter((child) => child !== node.list)
    return within.flatMap(readPaths)
  }
  return childrenOf(node).flatMap(readPaths)
}

const isUnder = (leaf: string, path: string): boolean => leaf.startsWith(`${path}.`) || leaf.startsWith(`${path}[`)
const anyIndex = (path: string): string => path.replace(/\[\d+\]/g, '[]')
