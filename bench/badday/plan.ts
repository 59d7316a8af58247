/** Events of one kind at a steady rate. Figures are kept by its name. */
export interface Stream {
  readonly name: string
  /** Where it is sent: `/events`. */
  readonly path: string
  /** Of its CloudEvents. */
  readonly type: string
  readonly perSecond: number
  /** Ordering keys of each tenant, in turn. */
  readonly keys: number
  /** Tenants that send in turn; 0: none is named. */
  readonly tenants: number
  /** Events in one request. */
  readonly batch: number
}

export interface SenderPlan {
  readonly url: string
  readonly streams: readonly Stream[]
  /** Not at their rates, but as many events in all as it was told last, in the same proportion. */
  readonly closed: boolean
  /** Events that are due sooner are sent under the name `warm-up NAME`. */
  readonly warmUpSeconds: number
  /** It ends by itself after so long, the warm-up included. */
  readonly seconds: number
  /** Of each stream. */
  readonly connections: number
  /** Of a request, the first included; what was refused comes again when Retry-After says, or after a second. */
  readonly attempts: number
}

/** What the sender saw of one name. */
export interface Sent {
  /** Events. */
  readonly made: number
  /** Due, and without a free connection until it was stopped. */
  readonly unsent: number
  readonly accepted: number
  /** Events that were refused or not answered as often as they were sent. */
  readonly givenUp: number
  /** Requests by their answer: `202`, `503 OVERLOADED class`, `no answer`. */
  readonly answers: Readonly<Record<string, number>>
  /** Which were accepted: marks in base64. */
  readonly marks: string
}

export interface ProviderPlan {
  readonly seed: number
  readonly providers: readonly {
    /** Milliseconds until the answer, give or take `jitterMs`. */
    readonly delayMs: number
    readonly jitterMs: number
    /** Calls in any second; more are answered 429. 0: no bound. */
    readonly perSecond: number
  }[]
  /** Of the last provider, while it is told to be bad: shares of its calls. */
  readonly bad?: { readonly silent: number; readonly busy: number }
}

/** What is sent to the application as the data of an event. */
export interface Work {
  readonly name: string
  readonly n: number
  readonly key: string
  readonly tenant: string
  readonly dueMs: number
}

/** What the application sends to a provider. */
export interface Call extends Work {
  readonly acceptedMs: number
}

/** Milliseconds since 1970, finer than Date.now and the same in every process of this machine. */
export const now = (): number => performance.timeOrigin + performance.now()
