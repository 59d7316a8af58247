import type { StandardSchemaV1 } from '@standard-schema/spec'

/** One thing that is wrong with a value. */
export interface Issue {
  /** `data.object.amount`; empty for the value itself. */
  readonly path: string
  readonly message: string
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** What a kind of data means here: a name, a version, a schema and its ordering key. */
export interface Contract<T> {
  readonly kind: 'contract'
  readonly name: string
  readonly version: number
  readonly compatibility: 'backward' | 'forward' | 'full' | 'none'
  /** The ordering key of a value: values with the same key keep their order. */
  readonly key: (value: T) => string
  readonly schema: StandardSchemaV1<unknown, T>
  /** JSON Schema 2020-12 of the input, where the library can give it. */
  readonly jsonSchema: Readonly<Record<string, unknown>> | undefined
  /** Checks a parsed value. Never throws for bad data. */
  readonly check: (value: unknown) => Checked<T>
  /** Loads and compiles the fast checker; `check` is right before and after. */
  readonly prepare: () => Promise<void>
}
