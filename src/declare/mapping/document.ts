import { childrenOf, type EachNode, type Keep, type Node, pathsOf, pathText } from './node.ts'
import type { Override } from './override.ts'
import { invalid } from './recorder.ts'

/** One target field as people read it. */
export interface MappingRow {
  /** `customer`, `lines[].sku`. */
  readonly target: string
  /** Paths of the source that it is made from, in the order of reading; none for a constant. */
  readonly sources: readonly string[]
  /** How, in words: `as it is`, `upper case`. */
  readonly rule: string
  /** The reasons given for skips, defaults, constants and items that stay behind. */
  readonly why: readonly string[]
  /** What cannot be had back from the target; none for a field that works both ways. */
  readonly lossy: readonly string[]
}

/** A mapping or a split, as far as its rows need it. */
export interface Documented {
  readonly name: string
  readonly node: Node
  readonly overrides?: readonly Override[]
}

/**
 * The mapping as the rows of a table, one for each field of the target; as one tenant has it, where one is named. Of a split, the first row
 * is the identity of a piece.
 * @throws {TielineError} `DECLARATION_INVALID` for a tenant without overrides.
 */
export function mappingRows(mapping: Documented, tenant?: string): readonly MappingRow[] {
  return leavesOf(nodeFor(mapping, tenant), '', []).map(({ target, node, keep }) => ({
    target,
    sources: [
      ...new Set(
        [node, ...keep.map(({ test }) => test)].flatMap(pathsOf).map(({ root, keys }) => pathText(root, keys)),
      ),
    ],
    rule: [ruleOf(node), ...(keep.length === 0 ? [] : [`only items where ${tests(keep)}`])].join(', '),
    why: [...new Set([...collect(node, whyOf), ...keep.map(({ why }) => why)])],
    lossy: [...collect(node, lossOf), ...(keep.length === 0 ? [] : ['the items that stay behind'])],
  }))
}

function nodeFor({ name, node, overrides }: Documented, tenant: string | undefined): Node {
  if (tenant === undefined) return node
  const own = overrides?.find((override) => override.tenant === tenant)
  if (own === undefined) throw invalid(`mapping ${name} has no overrides for the tenant ${JSON.stringify(tenant)}`)
  return own.node
}

interface Leaf {
  readonly target: string
  readonly node: Node
  /** The tests of the lists around it. */
  readonly keep: readonly Keep[]
}

/** Fields of the target with the expression that makes each. A list of literals is told by its items' fields. */
function leavesOf(node: Node, at: string, keep: readonly Keep[]): readonly Leaf[] {
  if (node.op === 'object') {
    return node.fields.flatMap(([name, field]) => leavesOf(field, at === '' ? name : `${at}.${name}`, keep))
  }
  if (node.op === 'each' && isTold(node.item)) {
    const inner = [...keep, ...(node.keep ?? [])]
    if (node.item.op === 'piece') {
      return [{ target: '(identity)', node: node.item.id, keep: inner }, ...leavesOf(node.item.of, '', inner)]
    }
    return leavesOf(node.item, node.flat === undefined ? `${at}[]` : at, inner)
  }
  return [{ target: at, node, keep }]
}

const isTold = (item: Node): boolean =>
  item.op === 'object' || item.op === 'piece' || (item.op === 'each' && isTold(item.item))

/** How a field is made, in words. */
function ruleOf(node: Node): string {
  switch (node.op) {
    case 'path':
      return node.root.of === undefined ? 'as it is' : `as it is where ${ruleOf(node.root.of)}`
    case 'constant':
      return `always ${JSON.stringify(node.value)}`
    case 'object':
      return `{ ${node.fields.map(([name, field]) => `${name}: ${arm(field)}`).join(', ')} }`
    case 'each':
      return eachRule(node)
    case 'index':
      return `place in ${node.root.path.slice(0, -2)}, from 0`
    case 'piece':
      return ruleOf(node.of)
    case 'only':
      return `${shown(node.kind)} is ${JSON.stringify(node.value)}`
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

function eachRule({ list, keep = [], item, flat }: EachNode): string {
  const which = keep.length === 0 ? '' : ` where ${tests(keep)}`
  return `for each item of ${shown(list)}${which}${flat === undefined ? '' : ', in one list'}: ${ruleOf(item)}`
}

const tests = (keep: readonly Keep[]): string => keep.map(({ test }) => ruleOf(test)).join(' and ')

/** A reference by its path, anything else by its rule. */
const shown = (node: Node): string => (node.op === 'path' ? pathText(node.root, node.keys) : ruleOf(node))
const arm = (node: Node): string => (node.op === 'constant' ? JSON.stringify(node.value) : shown(node))
const isPlain = (node: Node): boolean => node.op === 'constant' || (node.op === 'path' && node.root.of === undefined)
const before = (node: Node): string => (isPlain(node) ? '' : `${ruleOf(node)}, then `)

function whyOf(node: Node): Told {
  if (node.op === 'required') return node.otherwise?.why
  if (node.op === 'call') return node.codec.why
  if (node.op === 'each') return (node.keep ?? []).map(({ why }) => why)
  return node.op === 'fallback' || node.op === 'constant' ? node.why : undefined
}

/** What an expression loses by itself. */
export function lossOf(node: Node): string | undefined {
  switch (node.op) {
    case 'fallback':
      return 'absent and the default become the same'
    case 'when':
      return 'which way was taken'
    case 'text':
      return 'the parts of the text'
    case 'only':
      return 'values of another kind'
    case 'each':
      return node.keep !== undefined ? 'the items that stay behind' : node.flat && 'which list an item came from'
    case 'call':
      return node.codec.lossy
    default:
      return undefined
  }
}

type Told = string | readonly string[] | undefined

/** What `of` says of an expression and of all within it, each once. */
function collect(node: Node, of: (node: Node) => Told): readonly string[] {
  const own = of(node) ?? []
  const inner = node.op === 'path' && node.root.of !== undefined ? [node.root.of] : childrenOf(node)
  return [...new Set([...(typeof own === 'string' ? [own] : own), ...inner.flatMap((child) => collect(child, of))])]
}
