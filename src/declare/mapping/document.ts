import type { Mapping } from './mapping.ts'
import { childrenOf, type Node, pathsOf, pathText } from './node.ts'

/** One target field as people read it. */
export interface MappingRow {
  /** `customer`, `lines[].sku`. */
  readonly target: string
  /** Paths of the source that it is made from, in the order of reading; none for a constant. */
  readonly sources: readonly string[]
  /** How, in words: `as it is`, `upper case`. */
  readonly rule: string
  /** The reasons given for skips, defaults and constants. */
  readonly why: readonly string[]
  /** What cannot be had back from the target; none for a field that works both ways. */
  readonly lossy: readonly string[]
}

/** The mapping as the rows of a table, one for each field of the target. */
export function mappingRows(mapping: Pick<Mapping<never, unknown>, 'node'>): readonly MappingRow[] {
  return leavesOf(mapping.node, '').map(([target, node]) => ({
    target,
    sources: [...new Set(pathsOf(node).map(({ root, keys }) => pathText(root, keys)))],
    rule: ruleOf(node),
    why: collect(node, whyOf),
    lossy: collect(node, lossOf),
  }))
}

/** Fields of the target with the expression that makes each. A list of literals is told by its items' fields. */
function leavesOf(node: Node, at: string): readonly (readonly [string, Node])[] {
  if (node.op === 'object') {
    return node.fields.flatMap(([name, field]) => leavesOf(field, at === '' ? name : `${at}.${name}`))
  }
  if (node.op === 'each' && node.item.op === 'object') return leavesOf(node.item, `${at}[]`)
  return [[at, node]]
}

function ruleOf(node: Node): string {
  switch (node.op) {
    case 'path':
      return 'as it is'
    case 'constant':
      return `always ${JSON.stringify(node.value)}`
    case 'object':
      return `{ ${node.fields.map(([name, field]) => `${name}: ${ruleOf(field)}`).join(', ')} }`
    case 'each':
      return `for each item of ${shown(node.list)}: ${ruleOf(node.item)}`
    case 'text':
      return `"${node.parts.map((part, i) => part + (i < node.args.length ? `{${shown(node.args[i]!)}}` : '')).join('')}"`
    case 'required':
      return `${before(node.of)}required${node.otherwise === undefined ? '' : ', else the message is set aside'}`
    case 'fallback':
      return `${before(node.of)}${JSON.stringify(node.value)} when absent`
    case 'optional':
      return `${before(node.of)}left out when absent`
    case 'when':
      return `when ${ruleOf(node.test)}: ${arm(node.yes)}, otherwise ${arm(node.no)}`
    case 'is':
      return `${shown(node.of)} is ${JSON.stringify(node.value)}`
    case 'present':
      return `${shown(node.of)} is present`
    case 'not':
      return `not (${shown(node.of)})`
    case 'call':
      return `${before(node.args[0]!)}${node.codec.rule}`
  }
}

/** A reference by its path, anything else by its rule. */
const shown = (node: Node): string => (node.op === 'path' ? pathText(node.root, node.keys) : ruleOf(node))
const arm = (node: Node): string =>
  node.op === 'path' || node.op === 'constant'
    ? node.op === 'path'
      ? shown(node)
      : JSON.stringify(node.value)
    : ruleOf(node)
const before = (node: Node): string => (node.op === 'path' || node.op === 'constant' ? '' : `${ruleOf(node)}, then `)

function whyOf(node: Node): string | undefined {
  if (node.op === 'required') return node.otherwise?.why
  return node.op === 'fallback' || node.op === 'constant' ? node.why : undefined
}

function lossOf(node: Node): string | undefined {
  switch (node.op) {
    case 'fallback':
      return 'absent and the default become the same'
    case 'when':
      return 'which way was taken'
    case 'text':
      return 'the parts of the text'
    case 'call':
      return node.codec.lossy
    default:
      return undefined
  }
}

function collect(node: Node, of: (node: Node) => string | undefined): readonly string[] {
  const own = of(node)
  return [...new Set([...(own === undefined ? [] : [own]), ...childrenOf(node).flatMap((child) => collect(child, of))])]
}
