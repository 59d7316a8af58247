import { type Constant, pathText, type Root } from '../node.ts'
import { expression, invalid, isConstant, nodeIn, reference, safeKey } from '../recorder.ts'
import type { Ref, Value } from '../reference.ts'

type Kinds<T, K extends string> = Extract<T, { readonly [P in K]: unknown }>

/**
 * One kind of a value that says which kind it is: `only(charge.source, 'type', 'card').brand`. It is absent where the value is of another
 * kind, or is not there; `when`, `optional`, `fallback` and `required` say what then.
 */
export function only<T, const K extends string & keyof Kinds<T, K>, const W extends Kinds<T, K>[K] & Constant>(
  of: Value<T>,
  field: K,
  kind: W,
): Ref<Extract<T, { readonly [P in K]: W }> | undefined> {
  const from = nodeIn(of)
  if (from?.op !== 'path') throw invalid('only: the first argument is a reference such as charge.source')
  if (!isConstant(kind)) throw invalid('only: the kind is a string, a finite number, a boolean or null')
  const said = reference(from.root, [...from.keys, safeKey(field)])
  const root: Root = Object.freeze({
    path: from.keys.length === 0 ? from.root.path : pathText(from.root, from.keys),
    depth: from.root.depth,
    of: nodeIn(expression({ op: 'only', of: from, kind: nodeIn(said)!, value: kind }))!,
  })
  return reference(root)
}
