/** One request as a provider model sees it: plain data, read from a socket or made by a simulator. */
export interface ProviderRequest {
  /** Upper case. */
  readonly method: string
  /** Without the query, still percent-encoded: `/v1/customers/cus_1`. */
  readonly path: string
  /** What stands after `?`; empty when there is none. */
  readonly query: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface ProviderAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** All that a model may know besides its state and the request. */
export interface ProviderContext {
  /** Wall clock, milliseconds. */
  readonly nowMs: number
  /** A new id that starts with `prefix` and is never given twice. */
  nextId(prefix: string): string
  /**
   * The answer is on its way for so long (a fault around the model delays it). The effect happens now, but the request counts as in progress
   * until then. Milliseconds, default 0.
   */
  readonly busyMs?: number
}

/** Faults that a provider answers in its own wire shape. */
export type AnsweredFault = 'rate-limited' | 'server-error' | 'expired-token'

/**
 * A provider as a deterministic model: the same requests at the same times with the same ids give the same answers. It does no I/O, reads
 * no clock and draws no random number; each request takes effect whole or not at all. Faults are put around it, never in it.
 */
export interface Provider<Ledger> {
  readonly name: string
  handle(request: ProviderRequest, context: ProviderContext): ProviderAnswer
  /** What the provider says when a fault around it answers in its place. No effect. */
  refuse(fault: AnsweredFault, context: ProviderContext, retryAfterS: number): ProviderAnswer
  /** Every effect that happened, oldest first: the judge of "lost" and "doubled". */
  ledger(): Ledger
  /** Its objects, as plain data for people. */
  state(): unknown
  /** Forgets all objects and effects; ids go on. */
  reset(): void
}

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' })

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ProviderAnswer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(value) }
}
