import { TielineError } from '../../core/error.ts'
import { checkName } from '../../core/name.ts'
import type { Contract } from '../contract/contract.ts'
import type { Source } from '../source/source.ts'
import { declared } from './mapping.ts'
import { type MappingModule, madeOf } from './module.ts'
import type { Node, Root } from './node.ts'
import { expression, invalid, nodeIn, nodeOf, reference } from './recorder.ts'
import type { Fields, Known, Ref, Value, Walk } from './reference.ts'
import { runner } from './runner.ts'
import { checkScope } from './scope.ts'
import { Skipped } from './skipped.ts'
import type { Drop } from './word/drop.ts'

/** One of the values that a document splits into. */
export interface Piece<out M> {
  /** What tells it from the other pieces of its document, the same whenever the document is split again. */
  readonly id: string
  /** A skip sets this piece aside, and no other. */
  readonly value: M | Skipped
}

/** A declared transformation from one document to several values of a contract. */
export interface Split<E, M> {
  readonly kind: 'split'
  readonly name: string
  readonly from: Source<E>
  readonly to: Contract<M>
  readonly node: Node
  readonly drops: readonly Drop[]
  readonly examples: string | undefined
  /**
   * The pieces in the order of their list; none where it is empty, null or absent. A fault in one fails the document: MAPPING_FAILED naming
   * the piece and the field, or that two pieces have one id.
   */
  readonly run: (source: E) => readonly Piece<M>[] | Skipped
  readonly prepare: () => void
  readonly adopt: (module: MappingModule) => void
}

export interface SplitSpec<E, I, M, F extends Fields<M>> {
  readonly from: Source<E>
  readonly to: Contract<M>
  /** The list that is split: `(order) => order.lines`, or `order.lines.where(…, 'why')`. */
  readonly list: (source: Ref<E>) => Walk<unknown, I>
  /** The fields of one piece. `index` is its place in the source's list, counted from 0. */
  readonly fields: (item: Ref<I>, source: Ref<E>, index: Value<number>) => F & Known<F, M>
  /**
   * What tells a piece from the others: text or a number of its item. Repeats are recognised by it, so name a key that stays the same where a
   * sender may insert or reorder items. Default: its place in the list.
   */
  readonly id?: (item: Ref<I>) => Value<string | number>
  /** Source fields left behind, with the reason. */
  readonly drops?: (source: Ref<E>) => readonly Drop[]
  readonly examples?: string
}

/**
 * Declares how one document becomes several values, each with an identity of its own: an order its lines, a file its records.
 * @throws {TielineError} `DECLARATION_INVALID` naming the split, the field and what to write instead.
 */
export function split<E, I, M, const F extends Fields<M>>(name: string, spec: SplitSpec<E, I, M, F>): Split<E, M> {
  checkName('mapping', name)
  const { node, drops } = declared(name, () => planOf(spec))
  const { run, prepare, adopt } = runner(name, node)
  return Object.freeze({
    kind: 'split',
    name,
    from: spec.from,
    to: spec.to,
    node,
    drops,
    examples: spec.examples,
    run: (source: E) => told(name, (run(source) ?? []) as readonly Piece<M>[] | Skipped),
    prepare,
    adopt: (module: MappingModule) => {
      for (const make of madeOf({ name, node }, module).values()) adopt(make)
    },
  })
}

function planOf<E, I, M, F extends Fields<M>>(spec: SplitSpec<E, I, M, F>): Pick<Split<E, M>, 'node' | 'drops'> {
  const root: Root = Object.freeze({ path: '', depth: 0 })
  const source = reference<Ref<E>>(root)
  const list = spec.list(source) as {
    readonly each?: (item: (item: Ref<I>, index: Value<number>) => unknown) => unknown
  }
  if (typeof list?.each !== 'function') throw invalid('split: list is a reference to a list, such as order.lines')
  const each = list.each((item, index) => {
    const id = nodeOf(spec.id === undefined ? index : spec.id(item), 'id')
    const of = nodeOf(spec.fields(item, source, index), '')
    return expression({ op: 'piece', id: Object.freeze({ op: 'text', parts: ['', ''], args: [id] }), of })
  })
  const node = nodeIn(each)
  if (node?.op !== 'each') throw invalid('split: list is a reference to a list, such as order.lines')
  checkScope(node, [root])
  return { node, drops: Object.freeze([...(spec.drops?.(source) ?? [])]) }
}

/** Two pieces with one id would be taken for a repeat, and the second be lost. */
function told<M>(name: string, pieces: readonly Piece<M>[] | Skipped): readonly Piece<M>[] | Skipped {
  if (pieces instanceof Skipped || new Set(pieces.map(({ id }) => id)).size === pieces.length) return pieces
  throw new TielineError(
    'MAPPING_FAILED',
    `mapping ${name}: two pieces have the same id; name one that tells them apart`,
  )
}
