import { hash53 } from '../../core/hash.ts'
import type { ObjectType, Properties } from './object-type.ts'

/**
 * One state change in the CRM. A request that changes nothing (an upsert with the values that are already there) is a repeat, not an effect;
 * so what a repeated call did can be told from what it was meant to do.
 */
export interface CrmEffect {
  /** From 1, in the order in which they happened. */
  readonly seq: number
  readonly atMs: number
  readonly kind: 'created' | 'updated' | 'archived' | 'associated' | 'unassociated'
  readonly type: ObjectType
  readonly id: string
  /** Unique properties of the object and their values. */
  readonly keys: Properties
  /** The whole object after the effect. */
  readonly properties: Properties
  /** Equal for equal properties. */
  readonly hash: number
  /** Names of the properties that this effect changed. */
  readonly changed: readonly string[]
  /** `companies/12` of an association. */
  readonly with?: string
  /** `Idempotency-Key` of the request or `objectWriteTraceId` of the input, where one was sent. */
  readonly trace: string | null
  readonly correlationId: string
}

export interface CrmLedger {
  readonly effects: readonly CrmEffect[]
  /** Inputs that changed nothing: calls that were repeated and did no harm. */
  readonly repeats: number
}

export function hashOf(properties: Properties): number {
  return hash53(JSON.stringify(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))))
}
