import { childrenOf, type Node, type Root } from './node.ts'
import { invalid } from './recorder.ts'

/**
 * Every reference belongs to the mapping's own source or to a list that is being walked around it, and what leaves its field out stands
 * where a field is: never inside another word.
 * @throws {TielineError} `DECLARATION_INVALID`
 */
export function checkScope(node: Node, open: readonly Root[], asField = false): void {
  if (node.op === 'path' && node.root.of !== undefined) {
    checkScope(node.root.of, open)
    return
  }
  if ((node.op === 'path' || node.op === 'index') && !open.includes(node.root)) {
    const where = node.root.path === '' ? "another mapping's source" : `${node.root.path}, outside its each`
    throw invalid(`a reference to ${where} is used here; take every reference from the arguments of the callback`)
  }
  if (node.op === 'optional' && !asField) throw invalid('optional(…) is the outermost word of a field')
  if (node.op === 'each') {
    checkScope(node.list, open)
    for (const { test } of node.keep ?? []) checkScope(test, [...open, node.root])
    checkScope(node.item, [...open, node.root])
    return
  }
  for (const child of childrenOf(node)) checkScope(child, open, node.op === 'object')
}
