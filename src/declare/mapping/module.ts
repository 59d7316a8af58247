import { hash53 } from '../../core/hash.ts'
import type { Make } from './compile.ts'
import { generate } from './generate.ts'
import type { Node } from './node.ts'
import type { Override } from './override.ts'
import { invalid } from './recorder.ts'

/** What a module made by `moduleOf` exports. */
export interface MappingModule {
  readonly mapping: string
  /** For everybody (`''`) and for each tenant with fields of its own: a mark of the code, and the code. */
  readonly made: readonly (readonly [tenant: string, mark: number, make: unknown])[]
}

interface Compiled {
  readonly name: string
  readonly node: Node
  readonly overrides?: readonly Override[]
}

/** The expressions of a mapping by tenant; `''` for everybody else. */
const partsOf = ({ node, overrides = [] }: Compiled): readonly (readonly [tenant: string, node: Node])[] => [
  ['', node],
  ...overrides.map((override) => [override.tenant, override.node] as const),
]

/**
 * The generated code of a mapping as the text of an ES module, for processes that may not make code from strings (`node
 * --disallow-code-generation-from-strings`, edge runtimes). Write it to a file when the project is built, and hand it in when it starts:
 * `orderFromShop.adopt(await import('./order-from-shop.mapping.js'))`. Without it such a process interprets, ten times slower.
 */
export function moduleOf(mapping: Compiled): string {
  const parts = partsOf(mapping).map(([tenant, node]) => {
    const { code } = generate(node)
    return `  [${text(tenant)}, ${hash53(code)}, (handed) => {\n${code}\n}],\n`
  })
  return `// Generated from a mapping by moduleOf; make it again when the mapping changes.
export const mapping = ${text(mapping.name)}
export const made = [
${parts.join('')}]
`
}

/**
 * The code of a module for each expression of the mapping, `''` first.
 * @throws {TielineError} `DECLARATION_INVALID` where the module was made of another mapping, or of another state of this one.
 */
export function madeOf(mapping: Compiled, module: MappingModule): ReadonlyMap<string, Make> {
  const given = new Map(module.made.map(([tenant, mark, make]) => [tenant, { mark, make }] as const))
  const makes = partsOf(mapping).map(([tenant, node]) => {
    const found = given.get(tenant)
    if (module.mapping !== mapping.name || found?.mark !== hash53(generate(node).code)) {
      throw invalid(
        `mapping ${mapping.name}: the module was made of another mapping, or before this one changed; make it again`,
      )
    }
    return [tenant, found.make as Make] as const
  })
  return new Map(makes)
}

/** As in generated code: U+2028 and U+2029 end a line in the text of old engines. */
const text = (value: string): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
