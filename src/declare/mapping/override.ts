import type { Node, Root } from './node.ts'
import { invalid, nodeOf } from './recorder.ts'
import { checkScope } from './scope.ts'

/** The mapping as one tenant has it. */
export interface Override {
  readonly tenant: string
  /** Fields of the target that differ. */
  readonly fields: readonly string[]
  /** The whole target, with those fields in place of the others'. */
  readonly node: Node
}

const MOST = 256 // tenants with fields of their own; each is compiled, documented and checked by itself
const LONGEST = 128 // characters of a tenant's name, as in a flow

/**
 * Lays what each tenant declares over the fields of the mapping.
 * @throws {TielineError} `DECLARATION_INVALID` naming the tenant.
 */
export function overridesOf(base: Node, declared: Readonly<Record<string, unknown>>, root: Root): readonly Override[] {
  const tenants = Object.entries(declared)
  if (tenants.length > MOST)
    throw invalid(`overrides: ${tenants.length} tenants; at most ${MOST} have fields of their own`)
  return Object.freeze(tenants.map(([tenant, given]) => overrideOf(base, tenant, given, root)))
}

function overrideOf(base: Node, tenant: string, given: unknown, root: Root): Override {
  if (tenant === '' || tenant.length > LONGEST)
    throw invalid(`overrides: a tenant is named by 1 to ${LONGEST} characters`)
  const own = nodeOf(given, '')
  if (base.op !== 'object' || own.op !== 'object') throw invalid(`overrides ${tenant}: give a literal of fields`)
  checkScope(own, [root])
  const named = new Map(own.fields)
  const unknown = [...named.keys()].filter((name) => !base.fields.some(([field]) => field === name))
  if (unknown.length > 0) {
    throw invalid(`overrides ${tenant}: fields has no ${unknown.join(', ')}; a tenant changes fields that all have`)
  }
  const fields = base.fields.map(([name, node]) => Object.freeze([name, named.get(name) ?? node] as const))
  return Object.freeze({
    tenant,
    fields: Object.freeze([...named.keys()]),
    node: Object.freeze({ op: 'object', fields: Object.freeze(fields) }),
  })
}
