import type { EachNode, Key, Node, Root } from './node.ts'
import { append, checkList, missing, piece, read } from './read.ts'
import type { Skipped } from './skipped.ts'

export type Run = (source: unknown) => unknown

/** Where the interpreter is; after a fault, the field that failed. */
export interface Trace {
  field: string
}

/** Ends the walk with a skip; only the interpreter throws and catches it. */
class Ended {
  readonly by: Skipped
  constructor(by: Skipped) {
    this.by = by
  }
}

interface Scope {
  readonly source: unknown
  readonly items: ReadonlyMap<Root, { readonly item: unknown; readonly index: number }>
  readonly trace: Trace
}

/**
 * Walks the expression for each message: 10 times slower than the generated code, but the law that it is held to, the one that says
 * which field failed, and the way where code must not be made from strings.
 */
export function interpreted(node: Node, trace: Trace = { field: '' }): Run {
  return (source) => {
    try {
      return evaluate(node, { source, items: new Map(), trace }, '')
    } catch (thrown) {
      if (thrown instanceof Ended) return thrown.by
      throw thrown
    }
  }
}

function evaluate(node: Node, scope: Scope, field: string): unknown {
  switch (node.op) {
    case 'path':
      return node.keys.reduce<unknown>((from: unknown, key: Key) => read(from, key), start(node.root, scope, field))
    case 'constant':
      return node.value
    case 'object':
      return evaluateObject(node.fields, scope, field)
    case 'each':
      return evaluateEach(node, scope, field)
    case 'index':
      return scope.items.get(node.root)?.index
    case 'piece':
      return evaluatePiece(node, scope, field)
    case 'only':
      return evaluate(node.kind, scope, field) === node.value ? evaluate(node.of, scope, field) : undefined
    case 'text':
      return node.parts
        .map((part, i) => part + (i < node.args.length ? pieceOf(node.args[i]!, scope, field) : ''))
        .join('')
    case 'required': {
      const value = evaluate(node.of, scope, field)
      if (value != null) return value
      if (node.otherwise !== undefined) throw new Ended(node.otherwise)
      return missing()
    }
    case 'fallback':
      return evaluate(node.of, scope, field) ?? node.value
    case 'optional':
      return evaluate(node.of, scope, field)
    case 'when':
      return evaluate(evaluate(node.test, scope, field) ? node.yes : node.no, scope, field)
    case 'is':
      return evaluate(node.of, scope, field) === node.value
    case 'present':
      return evaluate(node.of, scope, field) != null
    case 'not':
      return !evaluate(node.of, scope, field)
    case 'call': {
      const [first, ...others] = node.args.map((arg) => evaluate(arg, scope, field))
      return first == null && node.codec.takesNull !== true ? first : node.codec.run(first, ...others)
    }
  }
}

function start(root: Root, scope: Scope, field: string): unknown {
  if (root.of !== undefined) return evaluate(root.of, scope, field)
  return root.depth === 0 ? scope.source : scope.items.get(root)?.item
}

function evaluateEach({ list: of, root, keep = [], item, flat }: EachNode, scope: Scope, field: string): unknown {
  const list = evaluate(of, scope, field)
  if (list == null) return list
  checkList(list)
  const out: unknown[] = []
  for (let index = 0; index < list.length; index++) {
    const at = `${field}[${index}]`
    scope.trace.field = at
    const inner = { ...scope, items: new Map([...scope.items, [root, { item: list[index], index }] as const]) }
    if (!keep.every(({ test }) => evaluate(test, inner, at))) continue
    const made = evaluate(item, inner, at)
    if (flat === undefined) out.push(made)
    else append(out, made)
  }
  return out
}

function evaluatePiece({ id, of }: Extract<Node, { op: 'piece' }>, scope: Scope, field: string): unknown {
  const name = evaluate(id, scope, field)
  try {
    return { id: name, value: evaluate(of, scope, field) }
  } catch (thrown) {
    if (thrown instanceof Ended) return { id: name, value: thrown.by }
    throw thrown
  }
}

const pieceOf = (node: Node, scope: Scope, field: string): string => piece(evaluate(node, scope, field))

function evaluateObject(fields: readonly (readonly [string, Node])[], scope: Scope, at: string): unknown {
  const out: Record<string, unknown> = {}
  for (const [name, node] of fields) {
    const field = at === '' ? name : `${at}.${name}`
    scope.trace.field = field
    const value = evaluate(node, scope, field)
    if (node.op !== 'optional' || value != null) out[name] = value
  }
  return out
}
