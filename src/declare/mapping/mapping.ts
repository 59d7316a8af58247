import { TielineError } from '../../core/error.ts'
import { checkName } from '../../core/name.ts'
import type { Contract } from '../contract/contract.ts'
import { handMade } from '../source/envelope.ts'
import type { Source } from '../source/source.ts'
import type { Run } from './interpret.ts'
import { checkParts, type Join } from './join.ts'
import { type MappingModule, madeOf } from './module.ts'
import type { Node, Root } from './node.ts'
import { type Override, overridesOf } from './override.ts'
import { invalid, nodeOf, reference } from './recorder.ts'
import type { Fields, Known, Ref } from './reference.ts'
import { type OneWay, reversed, type TwoWay } from './reverse.ts'
import { runner } from './runner.ts'
import { checkScope } from './scope.ts'
import type { Skipped } from './skipped.ts'
import type { Drop } from './word/drop.ts'

/** A declared transformation from a source's body to a contract's value. */
export interface Mapping<in out E, M, S = Source<E>> {
  readonly kind: 'mapping'
  readonly name: string
  /** A source; a join of several documents; the canonical contract, where the mapping goes back. */
  readonly from: S
  readonly to: Contract<M>
  /** The whole target as an expression: what is drawn, documented and compiled. */
  readonly node: Node
  /** The same for tenants with fields of their own. */
  readonly overrides: readonly Override[]
  /** Source fields that are left behind, with their reasons. */
  readonly drops: readonly Drop[]
  /** That it goes back, and what is decided about it. */
  readonly twoWay: TwoWay | undefined
  /** Folder of golden cases, `NAME.input.json` and `NAME.output.json`. */
  readonly examples: string | undefined
  /**
   * Compiled. Throws TielineError MAPPING_FAILED naming the field. Compiles on first use. A tenant without fields of its own has everybody's.
   */
  readonly run: (source: E, as?: { readonly tenant?: string }) => M | Skipped
  /** Compiles now, so that the first message does not wait for it. */
  readonly prepare: () => void
  /** Runs the code of a module that `moduleOf` has made. Throws TielineError DECLARATION_INVALID for one of another mapping or state. */
  readonly adopt: (module: MappingModule) => void
  /**
   * The mapping from the canonical value back to the source's fields; those that were dropped are not in it. What was null on the way to a
   * field comes back as an object with that field null, and what `optional` left out comes back absent.
   * @param name Default: the mapping's with `-back`.
   * @param to the contract of what comes back. Default: one that takes everything.
   * @throws {TielineError} `DECLARATION_INVALID` listing each field that is one-way, and why.
   */
  reverse<T = Partial<E>>(name?: string, to?: Contract<T>): Mapping<M, T, Contract<M>>
}

/** The documents that a source or a join stands for. */
export type DocumentOf<S> = S extends Source<infer E> ? E : S extends Join<infer E> ? E : never

export interface MappingSpec<S, M, F extends Fields<M>, O = unknown> {
  /** A source, or `join({ … })` of several documents. */
  readonly from: S
  readonly to: Contract<M>
  /**
   * Target fields on the left; references, words and constants on the right. It runs once, when it is declared, and not per message: an `if`,
   * `?:`, `&&` or `!` on a reference takes one branch for good. Use `when(…)`.
   */
  readonly fields: (source: Ref<DocumentOf<S>>) => F & Known<F, M>
  /**
   * Fields that a tenant has otherwise, by its name: `{ acme: (order, base) => ({ total: fallback(base.total, …) }) }`. At most 256 tenants;
   * each is compiled once and has its own document.
   */
  readonly overrides?: {
    readonly [T in keyof O]: (source: Ref<DocumentOf<S>>, base: F) => O[T] & Partial<Fields<M>> & Known<O[T], M>
  }
  /** Every source field left behind, with the reason. `tieline check` lists what is neither mapped nor dropped. */
  readonly drops?: (source: Ref<DocumentOf<S>>) => readonly Drop[]
  /** That somebody reverses this mapping: `tieline check` lists every field that would not come back. `{}` where all do. */
  readonly twoWay?: TwoWay
  /** Folder of golden cases, `NAME.input.json` and `NAME.output.json`, beside the declaring file. */
  readonly examples?: string
}

/**
 * Declares how a source's events become a contract's values, field by field.
 * @throws {TielineError} `DECLARATION_INVALID` naming the mapping, the field and what to write instead.
 */
export function mapping<S extends Source<unknown> | Join<unknown>, M, const F extends Fields<M>, O = unknown>(
  name: string,
  spec: MappingSpec<S, M, F, O>,
): Mapping<DocumentOf<S>, M, S> {
  checkName('mapping', name)
  const plan = declared(name, () => planOf(spec))
  const { from, to, twoWay, examples } = spec
  const mapped = build<DocumentOf<S>, M, S>({ name, from, to, twoWay, examples, ...plan })
  if (from.kind !== 'join') return mapped
  const { run } = mapped
  return Object.freeze({
    ...mapped,
    run: (documents: DocumentOf<S>, as?: { readonly tenant?: string }) => {
      checkParts(name, from, documents)
      return run(documents, as)
    },
  })
}

type Plan = Pick<Mapping<unknown, unknown>, 'node' | 'overrides' | 'drops'>
type Declared<E, M, S> = Plan & Pick<Mapping<E, M, S>, 'name' | 'from' | 'to' | 'twoWay' | 'examples'>

function planOf<S, M, F extends Fields<M>, O>(spec: MappingSpec<S, M, F, O>): Plan {
  const root: Root = Object.freeze({ path: '', depth: 0 })
  const source = reference<Ref<DocumentOf<S>>>(root)
  const fields = spec.fields(source)
  const node = nodeOf(fields, '')
  if (node.op === 'optional') throw invalid('the whole target cannot be optional; use required(…, skip(…))')
  checkScope(node, [root])
  const given = Object.entries<(source: Ref<DocumentOf<S>>, base: F) => unknown>(spec.overrides ?? {})
  const own = Object.fromEntries(given.map(([tenant, override]) => [tenant, override(source, fields)]))
  return {
    node,
    overrides: overridesOf(node, own, root),
    drops: Object.freeze([...(spec.drops?.(source) ?? [])]),
  }
}

function build<E, M, S>(plan: Declared<E, M, S>): Mapping<E, M, S> {
  const everybody = runner(plan.name, plan.node)
  const tenants = new Map(plan.overrides.map(({ tenant, node }) => [tenant, runner(plan.name, node)] as const))
  const all = [everybody, ...tenants.values()]
  const runAs = (source: unknown, as?: { readonly tenant?: string }): unknown =>
    (tenants.get(as?.tenant ?? '') ?? everybody).run(source)
  return Object.freeze({
    kind: 'mapping',
    ...plan,
    run: (tenants.size === 0 ? everybody.run : (runAs as Run)) as Mapping<E, M>['run'],
    prepare: () => {
      for (const each of all) each.prepare()
    },
    adopt: (module: MappingModule) => {
      const makes = madeOf(plan, module)
      for (const [tenant, make] of makes) (tenants.get(tenant) ?? everybody).adopt(make)
    },
    reverse: <T>(name = `${plan.name}-back`, to = OPEN as Contract<T>) => reverse<E, M, S, T>(plan, name, to),
  })
}

function reverse<E, M, S, T>(plan: Declared<E, M, S>, name: string, to: Contract<T>): Mapping<M, T, Contract<M>> {
  checkName('mapping', name)
  const { nodes, oneWay } = declared(plan.name, () => turned(plan))
  if (oneWay.length > 0) {
    const list = oneWay.map(({ field, why }) => `${field} (${why})`).join('; ')
    throw new TielineError('DECLARATION_INVALID', `mapping ${plan.name} cannot be reversed: ${list}`)
  }
  const [node, ...own] = nodes as [Node, ...Node[]]
  const overrides = plan.overrides.map((override, i) => Object.freeze({ ...override, node: own[i] as Node }))
  return build({ name, from: plan.to, to, node, overrides, drops: [], twoWay: undefined, examples: undefined })
}

/** The way back for everybody and for each tenant, and what stands against it. */
function turned({ node, overrides, twoWay }: Pick<Declared<never, unknown, unknown>, 'node' | 'overrides' | 'twoWay'>) {
  const all = [{ node, tenant: '' }, ...overrides].map((one) => ({ ...one, ...reversed(one.node, twoWay) }))
  const base = all[0]?.oneWay ?? []
  const isNew = ({ field, why }: OneWay): boolean => !base.some((known) => known.field === field && known.why === why)
  const oneWay = all.flatMap(({ tenant, oneWay }) =>
    tenant === '' ? oneWay : oneWay.filter(isNew).map((one) => ({ ...one, field: `${one.field} of tenant ${tenant}` })),
  )
  return { nodes: all.map((one) => one.node), oneWay }
}

/** Fields of the target that would not come back, and why; none where the mapping can be reversed. */
export function oneWayFields(
  mapping: Pick<Mapping<never, unknown, unknown>, 'node' | 'overrides' | 'twoWay'>,
): readonly OneWay[] {
  return turned(mapping).oneWay
}

const OPEN = handMade('anything', (value) => ({ ok: true, value }), {}) as Contract<never>

/** A mistake in a declaration says which one. */
export function declared<T>(name: string, declare: () => T): T {
  try {
    return declare()
  } catch (thrown) {
    if (!(thrown instanceof TielineError) || thrown.code !== 'DECLARATION_INVALID') throw thrown
    throw new TielineError('DECLARATION_INVALID', `mapping ${name}: ${thrown.message}`, { cause: thrown })
  }
}
