/** Messages that applications published in their own transactions, on their way into the store. They stay until they are done. */
export interface Outbox {
  /** The oldest committed messages of a source. Those of one key come in the order of their commits. At least one when any waits. */
  take(source: string, limit: number): Promise<readonly OutboxMessage[]>
  /** Removes messages that are in the store. Repeatable. */
  done(source: string, positions: readonly string[]): Promise<void>
  /** Every source that has messages here. */
  sources(): Promise<readonly OutboxSource[]>
}

export interface OutboxMessage {
  /** Its place in the outbox, for `done`. */
  readonly position: string
  readonly id: string
  readonly type: string
  readonly attributes: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface OutboxSource {
  readonly source: string
  /** Age of its oldest message. */
  readonly oldestMs: number
}
