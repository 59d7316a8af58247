import type { ProviderContext } from '../provider.ts'
import type { Records } from './records.ts'

export type Fields = Readonly<Record<string, unknown>>

export interface SObject {
  readonly type: string
  readonly id: string
  readonly fields: Fields
  readonly createdMs: number
  readonly updatedMs: number
  readonly deleted: boolean
}

/** One state change. A write that changes nothing is a repeat, not an effect. */
export interface SalesforceEffect {
  /** From 1, in the order in which they happened. */
  readonly seq: number
  readonly atMs: number
  readonly kind: 'created' | 'updated' | 'deleted'
  readonly type: string
  readonly id: string
  /** The whole record after the effect. */
  readonly fields: Fields
  /** Names of the fields that this effect changed. */
  readonly changed: readonly string[]
}

export interface SalesforceLedger {
  readonly effects: readonly SalesforceEffect[]
  /** Writes that changed nothing: calls that were repeated and did no harm. */
  readonly repeats: number
}

/** What an organization says of its objects. */
export interface Schema {
  /** Fields that may be upserted by. Default: every custom field. */
  readonly externalIds?: Readonly<Record<string, readonly string[]>>
  /** Fields in which two records cannot have the same value. Default: none, so that an external id can be doubled by `create`. */
  readonly unique?: Readonly<Record<string, readonly string[]>>
}

/** The records of an organization. */
export interface Org {
  readonly schema: Schema
  readonly nextId: (type: string) => string
  readonly records: Records
  readonly effects: SalesforceEffect[]
  /** Id or external id of a record -> how many more writes find it locked. */
  readonly locks: Map<string, number>
  repeats: number
}

/** One request on its way through the model. */
export interface Call {
  readonly org: Org
  readonly context: ProviderContext
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  /** The parsed body; undefined when there is none. */
  readonly body: unknown
  /** `/services/data/v67.0` */
  readonly root: string
}

/** Runs it as one transaction: what it throws leaves nothing behind. Locks that were met stay met. */
export function transaction<T>(org: Org, run: () => T): T {
  const { repeats, effects } = org
  const { length } = effects
  try {
    return org.records.transaction(run)
  } catch (thrown) {
    effects.length = length
    org.repeats = repeats
    throw thrown
  }
}

/** Compared as Salesforce compares text: without regard to case. */
export const folded = (value: unknown): string => String(value).toLowerCase()
