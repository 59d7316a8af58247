import { TielineError } from '../../core/error.ts'
import { type Constant, type Key, type Node, pathText, type Root } from './node.ts'
import { checkReason } from './reason.ts'

const NODE: unique symbol = Symbol.for('tieline.mapping.node')

const MAX_DEPTH = 64 // of nested literals; deeper is a cycle

/** An expression around its node. The types of the words say which value it stands for. */
export function expression<V>(node: Node): V {
  return Object.freeze({ [NODE]: Object.freeze(node) }) as V
}

/** The node behind a reference or a word; `undefined` for anything else. */
export function nodeIn(given: unknown): Node | undefined {
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null) return undefined
  return (given as { readonly [NODE]?: Node })[NODE]
}

/**
 * A reference to where `keys` lead from `root`. Reading a property gives the reference one level deeper; whatever needs a value now is
 * refused with a sentence that says what to write. The proxy's target is an unfrozen arrow function: a frozen one, or a `function`,
 * would break fields that are called `name`, `length` or `prototype`.
 */
export function reference<R>(root: Root, keys: readonly Key[] = []): R {
  const node: Node = Object.freeze({ op: 'path', root, keys: Object.freeze(keys) })
  const refuse = (done: string, instead: string): never => {
    throw invalid(`${pathText(root, keys)} has no value yet, so it cannot be ${done}; ${instead}`)
  }
  return new Proxy((): void => {}, {
    get: (_, key) => {
      if (key === NODE) return node
      if (typeof key === 'symbol') return refuse('compared or put into a string', 'use is(…) or the text template')
      return reference(root, [...keys, safeKey(key)])
    },
    apply: (_, __, [item, why]: unknown[]) => {
      const word = keys.at(-1)
      if (typeof item === 'function' && (word === 'each' || word === 'flat' || word === 'where')) {
        return walk({ root, keys: keys.slice(0, -1) })[word](item as ItemOf, why as string)
      }
      return refuse('called', 'use a word such as upper(value), or derive(value, sentence, compute)')
    },
    set: () => refuse('written', 'a mapping only reads its source'),
    defineProperty: () => refuse('written', 'a mapping only reads its source'),
    deleteProperty: () => refuse('written', 'a mapping only reads its source'),
    has: () => refuse('searched', 'use present(value)'),
    ownKeys: () => refuse('spread', 'name each field'),
  }) as R
}

type ItemOf = (item: unknown, index: unknown) => unknown

interface Listed {
  readonly root: Root
  readonly keys: readonly Key[]
}

interface Kept {
  readonly test: ItemOf
  readonly why: string
}

interface Walked {
  readonly each: (item: ItemOf) => unknown
  readonly flat: (item: ItemOf) => unknown
  readonly where: (test: ItemOf, why: string) => Walked
}

/** The ways through a list. Every walk has a root of its own, so that one within another is not taken for it. */
function walk({ root, keys }: Listed, kept: readonly Kept[] = []): Walked {
  const path = pathText(root, keys)
  const list: Node = Object.freeze({ op: 'path', root, keys: Object.freeze(keys) })
  const each = (item: ItemOf, flat?: true): unknown => {
    const inner: Root = Object.freeze({ path: `${path}[]`, depth: root.depth + 1 })
    const index = expression({ op: 'index', root: inner })
    const ask = (callback: ItemOf, word: string): Node => nodeOf(callback(reference(inner), index), `${path}.${word}`)
    const keep = kept.map(({ test, why }) => Object.freeze({ test: ask(test, 'where'), why }))
    return expression({
      op: 'each',
      list,
      root: inner,
      ...(keep.length === 0 ? {} : { keep: Object.freeze(keep) }),
      item: ask(item, flat === undefined ? 'each' : 'flat'),
      ...(flat === undefined ? {} : { flat }),
    })
  }
  return Object.freeze({
    each: (item: ItemOf) => each(item),
    flat: (item: ItemOf) => each(item, true),
    where: (test: ItemOf, why: string) => walk({ root, keys }, [...kept, { test, why: checkReason('where', why) }]),
  })
}

/**
 * The node of what stands on the right of a field: an expression, a constant or a literal of fields.
 * @throws {TielineError} `DECLARATION_INVALID` naming the field.
 */
export function nodeOf(given: unknown, field: string, depth = 0): Node {
  const known = nodeIn(given)
  if (known !== undefined) return known
  if (isConstant(given)) return Object.freeze({ op: 'constant', value: given === 0 ? 0 : given }) // no -0: JSON has none
  if (depth < MAX_DEPTH && isLiteral(given)) {
    if (Object.getOwnPropertySymbols(given).length > 0) throw invalid(`${field}: a field is named by a string`)
    const fields = Object.entries(given).map(([name, value]) => {
      const at = field === '' ? name : `${field}.${name}`
      return Object.freeze([safeKey(name), nodeOf(value, at, depth + 1)] as const)
    })
    return Object.freeze({ op: 'object', fields: Object.freeze(fields) })
  }
  throw invalid(`field ${field || '(the target)'}: ${expected(given)}`)
}

function expected(given: unknown): string {
  if (given === undefined) return 'it is undefined; leave it out, or use optional(value)'
  if (Array.isArray(given)) return 'a list is made from a list: source.items.each((item) => …)'
  if (typeof given === 'function') return 'a function is declared with its sentence: derive(value, sentence, compute)'
  return `use a reference, a word, a constant or a literal, at most ${MAX_DEPTH} levels deep`
}

export function isConstant(given: unknown): given is Constant {
  return given === null || typeof given === 'string' || typeof given === 'boolean' || Number.isFinite(given)
}

function isLiteral(given: unknown): given is object {
  if (typeof given !== 'object' || given === null) return false
  const prototype = Object.getPrototypeOf(given)
  return prototype === Object.prototype || prototype === null
}

/** Assigned in a literal, `__proto__` sets the prototype; no contract needs a field of that name. */
export function safeKey<K extends Key>(key: K): K {
  if (key === '__proto__') throw invalid('a field called __proto__ is refused')
  return key
}

export const invalid = (message: string): TielineError => new TielineError('DECLARATION_INVALID', message)
