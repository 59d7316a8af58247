import type { Skipped } from './skipped.ts'

export type Key = string | number
export type Constant = string | number | boolean | null

/**
 * Where a path starts: the source document (depth 0), the item of a list that is walked, or what a word has narrowed. Compared by
 * identity.
 */
export interface Root {
  /** Path from the source: `lines[]` for the items of a list; empty for the document itself. */
  readonly path: string
  /** How many lists are walked around it. */
  readonly depth: number
  /** What a word has narrowed: paths from here read its value. */
  readonly of?: Node
}

/** A conversion. What it does is a function; how it is told in documents is its sentence. */
export interface Codec {
  readonly name: string
  /** For the documents: `seconds since 1970 to RFC 3339, UTC`. */
  readonly rule: string
  /** Absent: null in, null out, without a call. */
  readonly takesNull?: true
  readonly run: (value: unknown, ...others: readonly unknown[]) => unknown
  /** The method of String.prototype that does the same for text; the generated code calls it directly. */
  readonly method?: 'toUpperCase' | 'toLowerCase' | 'trim'
  /** Why the source cannot be had back from the result. Absent: it can. */
  readonly lossy?: string
  /** The conversion from the result to the source; it takes the same other arguments. */
  readonly back?: Codec
  /** For documents: the reason for a default or for what is refused. */
  readonly why?: string
  /** Different declared values become one, and nobody has said why: `tieline check` asks. */
  readonly merges?: true
}

/** Items of a list that count: where the test holds. */
export interface Keep {
  readonly test: Node
  readonly why: string
}

export interface PathNode {
  readonly op: 'path'
  readonly root: Root
  readonly keys: readonly Key[]
}

export interface EachNode {
  readonly op: 'each'
  readonly list: Node
  readonly root: Root
  readonly keep?: readonly Keep[]
  readonly item: Node
  /** The item is a list: its items take its place. */
  readonly flat?: true
}

/** An expression as data: it is drawn, checked, interpreted and compiled from here. */
export type Node =
  | PathNode
  | { readonly op: 'constant'; readonly value: Constant; readonly why?: string }
  | { readonly op: 'object'; readonly fields: readonly (readonly [name: string, node: Node])[] }
  | EachNode
  | { readonly op: 'index'; readonly root: Root }
  | { readonly op: 'piece'; readonly id: Node; readonly of: Node }
  | { readonly op: 'only'; readonly of: Node; readonly kind: Node; readonly value: Constant }
  | { readonly op: 'text'; readonly parts: readonly string[]; readonly args: readonly Node[] }
  | { readonly op: 'required'; readonly of: Node; readonly otherwise: Skipped | undefined }
  | { readonly op: 'fallback'; readonly of: Node; readonly value: Constant; readonly why: string }
  | { readonly op: 'optional'; readonly of: Node }
  | { readonly op: 'when'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly op: 'is'; readonly of: Node; readonly value: Constant }
  | { readonly op: 'present'; readonly of: Node }
  | { readonly op: 'not'; readonly of: Node }
  | { readonly op: 'call'; readonly codec: Codec; readonly args: readonly Node[] }

export function childrenOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'path':
    case 'constant':
    case 'index':
      return []
    case 'object':
      return node.fields.map(([, field]) => field)
    case 'each':
      return [node.list, ...(node.keep ?? []).map(({ test }) => test), node.item]
    case 'piece':
      return [node.id, node.of]
    case 'only':
      return [node.kind] // the paths that start from it read what it narrows
    case 'when':
      return [node.test, node.yes, node.no]
    case 'text':
    case 'call':
      return node.args
    default:
      return [node.of]
  }
}

/** Every path that an expression reads, in the order of its writing. */
export function pathsOf(node: Node): readonly PathNode[] {
  if (node.op !== 'path') return childrenOf(node).flatMap(pathsOf)
  return node.root.of === undefined ? [node] : [node, ...pathsOf(node.root.of)]
}

/** `data.object.amount`, `lines[].sku`, `lines[0]`; `(the document)` for the source itself. */
export function pathText(root: Root, keys: readonly Key[]): string {
  let text = root.path
  for (const key of keys) text += typeof key === 'number' ? `[${key}]` : text === '' ? key : `.${key}`
  return text === '' ? '(the document)' : text
}
