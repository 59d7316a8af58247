import type { Skipped } from './skipped.ts'

export type Key = string | number
export type Constant = string | number | boolean | null

/** Where a path starts: the source document (depth 0), or the item of a list that is walked. Compared by identity. */
export interface Root {
  /** Path of the list's items from the source: `lines[]`; empty for the document itself. */
  readonly path: string
  readonly depth: number
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
}

export interface PathNode {
  readonly op: 'path'
  readonly root: Root
  readonly keys: readonly Key[]
}

/** An expression as data: it is drawn, checked, interpreted and compiled from here. */
export type Node =
  | PathNode
  | { readonly op: 'constant'; readonly value: Constant; readonly why?: string }
  | { readonly op: 'object'; readonly fields: readonly (readonly [name: string, node: Node])[] }
  | { readonly op: 'each'; readonly list: Node; readonly root: Root; readonly item: Node }
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
      return []
    case 'object':
      return node.fields.map(([, field]) => field)
    case 'each':
      return [node.list, node.item]
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
  return node.op === 'path' ? [node] : childrenOf(node).flatMap(pathsOf)
}

/** `data.object.amount`, `lines[].sku`, `lines[0]`; `(the document)` for the source itself. */
export function pathText(root: Root, keys: readonly Key[]): string {
  let text = root.path
  for (const key of keys) text += typeof key === 'number' ? `[${key}]` : text === '' ? key : `.${key}`
  return text === '' ? '(the document)' : text
}
