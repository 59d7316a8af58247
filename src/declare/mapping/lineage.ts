import { mappingRows } from './document.ts'
import type { Mapping } from './mapping.ts'
import { childrenOf, type Node, pathText } from './node.ts'

type Plan = Pick<Mapping<never, unknown>, 'node' | 'drops'>

/**
 * Source paths that no field reads and no drop explains.
 * @param known leaf paths of the source, such as `leafPaths(contract.jsonSchema)`.
 */
export function unmappedPaths(mapping: Plan, known: readonly string[]): readonly string[] {
  const read = readBy(mapping.node)
  const accounted = [...read, ...mapping.drops.flatMap((drop) => drop.paths)].map(anyItem)
  if (read.includes('(the document)')) return []
  return known.filter((path) => !accounted.some((used) => covers(used, path) || covers(path, used)))
}

/**
 * Required target paths that no field makes. The types say so too; this says it of untyped declarations.
 * @param required such as `requiredPaths(contract.jsonSchema)`.
 */
export function missingPaths(mapping: Plan, required: readonly string[]): readonly string[] {
  const made = mappingRows(mapping).map((row) => row.target)
  return required.filter(
    (path) => !made.some((target) => target === '' || covers(target, path) || covers(path, target)),
  )
}

/** To walk a list is not to read what its items hold. */
function readBy(node: Node): readonly string[] {
  if (node.op === 'path') return [pathText(node.root, node.keys)]
  if (node.op === 'each') return readBy(node.item)
  return childrenOf(node).flatMap(readBy)
}

/** One element of a list stands for all of them: `lines[0].sku` is `lines[].sku`. */
const anyItem = (path: string): string => path.replace(/\[\d+\]/g, '[]')

const covers = (whole: string, part: string): boolean =>
  part === whole || part.startsWith(`${whole}.`) || part.startsWith(`${whole}[]`)
