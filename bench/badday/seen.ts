import type { Quantiles } from '../headline/quantiles.ts'

/** Milliseconds until the effect. */
export interface Waits {
  /** From the moment of acceptance, as the receiver says it. */
  readonly acceptMs: Quantiles
  /** From when the sender was to send it. */
  readonly dueMs: Quantiles
  /** From acceptance, of the tenant with the worst p99. */
  readonly worstTenant?: Quantiles
}

/** What the providers saw of one name. */
export interface Seen extends Waits {
  readonly effects: number
  /** Events with effects under two keys. */
  readonly doubled: number
  /** Calls for what had its effect already, with the same key. */
  readonly repeats: number
  /** Which had an effect: marks in base64. */
  readonly marks: string
}

export interface ProviderReport {
  /** When each call came, by provider. */
  readonly calls: readonly (readonly number[])[]
  /** … and those that were more than it takes. */
  readonly breaches: readonly (readonly number[])[]
  readonly seen: Readonly<Record<string, Seen>>
}
