import { pathText } from '../node.ts'
import { checkReason } from '../reason.ts'
import { invalid, nodeIn } from '../recorder.ts'
import type { Value } from '../reference.ts'

/** Source fields that are left behind on purpose. */
export interface Drop {
  readonly why: string
  readonly paths: readonly string[]
}

/** Leaves source fields behind, with the reason: `drop('personal data that nobody downstream needs', intent.receipt_email)`. */
export function drop(why: string, ...fields: readonly Value<unknown>[]): Drop {
  const paths = fields.map((field) => {
    const node = nodeIn(field)
    if (node?.op !== 'path') throw invalid('drop: name source fields by reference, such as intent.receipt_email')
    return pathText(node.root, node.keys)
  })
  if (paths.length === 0) throw invalid('drop: name the fields after the reason')
  return Object.freeze({ why: checkReason('drop', why), paths: Object.freeze(paths) })
}
