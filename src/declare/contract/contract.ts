import type { StandardSchemaV1 } from '@standard-schema/spec'
import { TielineError } from '../../core/error.ts'
import { checkName } from '../../core/name.ts'
import { checkerSchemaOf } from './closed/closed.ts'
import { type ContractDescription, descriptionOf } from './describe.ts'
import { type Issue, issuesOf } from './issue.ts'
import { jsonSchemaOf } from './json-schema-of.ts'
import { explained } from './meaning.ts'
import type { FieldMeanings } from './semantics.ts'

export type { Issue } from './issue.ts'

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

export type Compatibility = 'backward' | 'forward' | 'full' | 'none'

/** What a kind of data means here: a name, a version, a schema and its ordering key. */
export interface Contract<out T> {
  readonly kind: 'contract'
  readonly name: string
  readonly version: number
  readonly compatibility: Compatibility
  /** The ordering key of a value: values with the same key keep their order. */
  key(value: T): string
  readonly schema: StandardSchemaV1<unknown, T>
  /** JSON Schema 2020-12 of the input, where the library can give it, with the semantics of its fields as annotations. */
  readonly jsonSchema: Readonly<Record<string, unknown>> | undefined
  /**
   * Checks a parsed value. Never throws for bad data. The value of a good answer is the library's output: trimmed, defaulted, stripped.
   * At most 20 issues.
   */
  readonly check: (value: unknown) => Checked<T>
  /** Loads and compiles the fast checker; `check` is right before and after. */
  readonly prepare: () => Promise<void>
}

/** What `contract(…)` gives. */
export interface DeclaredContract<out T> extends Contract<T> {
  /** Every field with its type and what it means, and those whose meaning nobody has written down. */
  readonly describe: () => ContractDescription
}

/** The values of a contract: `ValueOf<typeof Payment>`. */
export type ValueOf<C> = C extends Contract<infer T> ? T : never

export interface ContractSpec<S extends StandardSchemaV1> {
  /** A whole number from 1. */
  readonly version: number
  /** How versions may differ; checked when one is released. Default `'backward'`: what could be read before can be read now. */
  readonly compatibility?: Compatibility
  /** A schema of any Standard Schema library, or `jsonSchema<T>({ … })`. It answers synchronously. */
  readonly schema: S
  readonly key: (value: StandardSchemaV1.InferOutput<S>) => string
  /** What the fields mean, by path. It wins over what the schema's own annotations say. */
  readonly fields?: FieldMeanings<StandardSchemaV1.InferOutput<S>>
}

/**
 * Declares what a kind of data means. Objects that say what becomes of unknown keys (`z.strictObject`, `z.looseObject`, `v.strictObject`) and
 * change nothing are checked by compiled code; everything else by the library itself.
 * @throws {TielineError} `DECLARATION_INVALID` naming the contract and what is expected.
 */
export function contract<S extends StandardSchemaV1>(
  name: string,
  spec: ContractSpec<S>,
): DeclaredContract<StandardSchemaV1.InferOutput<S>> {
  type T = StandardSchemaV1.InferOutput<S>
  checkName('contract', name)
  checkSpec(name, spec)
  const schema = spec.schema as StandardSchemaV1<unknown, T>
  const { fields } = spec
  const publish = (): Readonly<Record<string, unknown>> | undefined => {
    const plain = jsonSchemaOf(schema)
    return fields === undefined ? plain : explained(name, plain, fields)
  }
  let published = fields === undefined ? undefined : { schema: publish() } // a field that is none is found at once
  let loading: Promise<void> | undefined
  let says: (value: unknown) => boolean = () => false

  const prepare = async (): Promise<void> => {
    askLibrary<T>(name, schema, undefined) // an asynchronous schema is found before the first message
    const closed = checkerSchemaOf(schema)
    if (closed === undefined) return
    const { Compile } = await import('typebox/schema')
    try {
      const checker = Compile(closed)
      says = (value) => checker.Check(value)
    } catch {
      // a pattern that is none with the flag `u`: the library alone answers
    }
  }
  return Object.freeze({
    kind: 'contract',
    name,
    version: spec.version,
    compatibility: spec.compatibility ?? 'backward',
    key: spec.key,
    schema,
    get jsonSchema() {
      published ??= { schema: publish() }
      return published.schema
    },
    describe() {
      return descriptionOf(this.jsonSchema)
    },
    check: (value: unknown): Checked<T> =>
      yes(says, value) ? { ok: true, value: value as T } : askLibrary(name, schema, value),
    prepare: () => {
      loading ??= prepare()
      return loading
    },
  } satisfies DeclaredContract<T>)
}

/** A checker that overflows the stack on a deep document has not said yes. */
function yes(says: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return says(value)
  } catch {
    return false
  }
}

function askLibrary<T>(name: string, schema: StandardSchemaV1<unknown, T>, value: unknown): Checked<T> {
  let result: ReturnType<(typeof schema)['~standard']['validate']>
  try {
    result = schema['~standard'].validate(value)
    if ('then' in result) {
      result.then(undefined, () => {})
      rethrow(schema, value)
    }
  } catch (thrown) {
    return { ok: false, issues: issuesOf([{ message: failure(thrown) }]) }
  }
  if ('then' in result) throw invalid(name, LATER)
  return result.issues === undefined
    ? { ok: true, value: result.value }
    : { ok: false, issues: issuesOf(result.issues) }
}

/** Zod goes on asynchronously after anything that its synchronous walk throws, an overflowing stack too. Asked once more, it throws it. */
function rethrow(
  schema: StandardSchemaV1 & { readonly safeParse?: (value: unknown) => unknown },
  value: unknown,
): void {
  if (schema['~standard'].vendor !== 'zod' || typeof schema.safeParse !== 'function') return
  try {
    schema.safeParse(value)
  } catch (thrown) {
    if (!(thrown instanceof Error && /Promise during synchronous parse/.test(thrown.message))) throw thrown
  }
}

function failure(thrown: unknown): string {
  const what = thrown instanceof RangeError ? 'is nested too deeply' : "the schema's own code failed on it"
  return `${what}: ${thrown instanceof Error ? thrown.name : typeof thrown}` // its message may quote the value
}

const LATER = 'its schema answers asynchronously; a contract decides at once. Look things up in a saga step'

function checkSpec(name: string, spec: Omit<ContractSpec<StandardSchemaV1>, 'key'> & { readonly key: unknown }): void {
  if (!Number.isSafeInteger(spec.version) || spec.version < 1) {
    throw invalid(name, `version ${spec.version}: use a whole number from 1`)
  }
  const standard = spec.schema?.['~standard']
  if (standard?.version !== 1 || typeof standard.validate !== 'function') {
    throw invalid(
      name,
      'schema: use a Standard Schema (zod, valibot, arktype, …), or jsonSchema({ … }) around a JSON Schema',
    )
  }
  if ((spec.schema as { readonly async?: unknown }).async === true) {
    throw invalid(name, LATER)
  }
  if (typeof spec.key !== 'function') throw invalid(name, 'key: use a function that gives the ordering key of a value')
}

const invalid = (name: string, message: string): TielineError =>
  new TielineError('DECLARATION_INVALID', `contract ${name}: ${message}`)
