import type { Flow } from '../../declare/flow/flow.ts'
import type { HttpRequest } from '../../port/http.ts'
import type { History, Store } from '../../port/store.ts'
import type { Provider } from '../../sandbox/provider.ts'

/** A world to simulate: declared flows as they are, and what stands around them. */
export interface Scenario {
  readonly name: string
  readonly flows: readonly Flow[]
  /** Values of the secrets that the flows name. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>
  /** Everything that has a state, made anew for each run. Pure: the same chance gives the same cast. */
  cast(stage: Stage): Cast
}

/** What a cast is given. */
export interface Stage {
  /** A number in [0, 1), decided by the seed. */
  random(): number
  /** Wall clock at which the run begins, milliseconds since 1970. */
  readonly startMs: number
  /**
   * A provider did something new for this message of this flow. Twice the same, or before its turn in its lane, breaks the run. `effect`
   * names what was done where one message leads to several.
   */
  effect(flow: string, message: string, effect: string): void
  /** A promise of the user's own is broken. */
  fail(invariant: string, detail: string): void
}

export interface Cast {
  /** Models of what the flows call, by the start of the address: `{ 'https://api.hubapi.com': crm() }`. */
  readonly providers: Readonly<Record<string, Provider<unknown>>>
  readonly sends: readonly Send[]
  /** Whose call this is, so that leases and Retry-After can be held against it. Without it these are not checked. */
  subject?(request: HttpRequest): Subject | undefined
  /** A process begins this call, `atMs` after the start of the run. */
  called?(request: HttpRequest, atMs: number, process: string): void
  /** Further processes that work on the bare store. */
  readonly workers?: readonly ((port: WorkerPort) => Promise<void>)[]
  /** Called when all is at rest, for promises of the user's own: `fail` what is broken. */
  judge?(works: readonly History[]): void
}

export interface Subject {
  readonly flow: string
  /** Message id. */
  readonly message: string
}

/** What a sender sends, again and again, until it is acknowledged. */
export interface Send {
  /** Name of the endpoint. */
  readonly source: string
  /** For the story. */
  readonly name: string
  /** Since the start of the run. */
  readonly atMs: number
  /** Made for every attempt, because a signature holds the time. Header names in lower case. */
  request(nowMs: number): { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }
  /** `quarantined`: its contract is broken, and 422 is the right answer. Default `accepted`. */
  readonly expected?: 'accepted' | 'quarantined'
}

export interface WorkerPort {
  readonly name: string
  readonly store: Store
  sleep(ms: number): Promise<void>
}
