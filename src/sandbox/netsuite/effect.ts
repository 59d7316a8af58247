/** One change of the account. A request that changes nothing is a repeat, not an effect. */
export interface NetsuiteEffect {
  /** From 1, in the order in which they happened. */
  readonly seq: number
  readonly atMs: number
  readonly kind: 'created' | 'updated' | 'deleted'
  /** `invoice` */
  readonly type: string
  readonly id: string
  readonly externalId: string | null
  /** The whole record after the effect. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The idempotency key of an asynchronous request. */
  readonly key: string | null
}

export interface NetsuiteLedger {
  readonly effects: readonly NetsuiteEffect[]
  /** Requests that changed nothing: calls that were repeated and did no harm. */
  readonly repeats: number
}
