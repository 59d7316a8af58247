import { TielineError } from '../../core/error.ts'
import { checkName } from '../../core/name.ts'
import type { Contract } from '../contract/contract.ts'
import type { Source } from '../source/source.ts'
import { compile, explain } from './compile.ts'
import type { Run } from './interpret.ts'
import type { Node, Root } from './node.ts'
import { invalid, nodeOf, reference } from './recorder.ts'
import type { Fields, Known, Ref } from './reference.ts'
import { checkScope } from './scope.ts'
import type { Skipped } from './skipped.ts'
import type { Drop } from './word/drop.ts'

/** A declared transformation from a source's body to a contract's value. */
export interface Mapping<E, M> {
  readonly kind: 'mapping'
  readonly name: string
  readonly from: Source<E>
  readonly to: Contract<M>
  /** The whole target as an expression: what is drawn, documented and compiled. */
  readonly node: Node
  /** Source fields that are left behind, with their reasons. */
  readonly drops: readonly Drop[]
  /** Folder of golden cases, `NAME.input.json` and `NAME.output.json`. */
  readonly examples: string | undefined
  /** Compiled. Throws TielineError MAPPING_FAILED naming the field. Compiles on first use. */
  readonly run: (source: E) => M | Skipped
  /** Compiles now, so that the first message does not wait for it. */
  readonly prepare: () => void
}

export interface MappingSpec<E, M, F extends Fields<M>> {
  readonly from: Source<E>
  readonly to: Contract<M>
  /**
   * Target fields on the left; references, words and constants on the right. It runs once, when it is declared, and not per message: an `if`,
   * `?:`, `&&` or `!` on a reference takes one branch for good. Use `when(…)`.
   */
  readonly fields: (source: Ref<E>) => F & Known<F, M>
  /** Every source field left behind, with the reason. `tieline check` lists what is neither mapped nor dropped. */
  readonly drops?: (source: Ref<E>) => readonly Drop[]
  /** Folder of golden cases, `NAME.input.json` and `NAME.output.json`, beside the declaring file. */
  readonly examples?: string
}

/**
 * Declares how a source's events become a contract's values, field by field.
 * @throws {TielineError} `DECLARATION_INVALID` naming the mapping, the field and what to write instead.
 */
export function mapping<E, M, const F extends Fields<M>>(name: string, spec: MappingSpec<E, M, F>): Mapping<E, M> {
  checkName('mapping', name)
  const plan = declared(name, () => planOf(spec))
  // Compiles when it is first used, and is what it compiled from then on: a message asks nothing.
  const first: Run = (source) => {
    prepare()
    return map(source)
  }
  let map = first
  function prepare(): void {
    if (map === first) map = compile(plan.node)
  }
  return Object.freeze({
    kind: 'mapping',
    name,
    from: spec.from,
    to: spec.to,
    ...plan,
    examples: spec.examples,
    run: (source: E) => {
      try {
        return map(source) as M | Skipped
      } catch (thrown) {
        throw explain(name, plan.node, source, thrown)
      }
    },
    prepare,
  })
}

function planOf<E, M, F extends Fields<M>>(spec: MappingSpec<E, M, F>): Pick<Mapping<E, M>, 'node' | 'drops'> {
  const root: Root = Object.freeze({ path: '', depth: 0 })
  const node = nodeOf(spec.fields(reference(root)), '')
  if (node.op === 'optional') throw invalid('the whole target cannot be optional; use required(…, skip(…))')
  checkScope(node, [root])
  return { node, drops: Object.freeze([...(spec.drops?.(reference(root)) ?? [])]) }
}

/** A mistake in a declaration says which one. */
function declared<T>(name: string, declare: () => T): T {
  try {
    return declare()
  } catch (thrown) {
    if (!(thrown instanceof TielineError) || thrown.code !== 'DECLARATION_INVALID') throw thrown
    throw new TielineError('DECLARATION_INVALID', `mapping ${name}: ${thrown.message}`, { cause: thrown })
  }
}
