import type { Clock } from './clock.ts'
import type { Digest } from './digest.ts'
import type { Http } from './http.ts'
import type { Log } from './log.ts'
import type { Random } from './random.ts'
import type { Secrets } from './secrets.ts'
import type { Tokens } from './tokens.ts'

/** Everything outside that the engine may touch, besides the store. Nothing else: no Date, no Math.random, no timer, no fetch. */
export interface Host {
  /** Names this process as an owner of leases; never reused by another incarnation. */
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly digest: Digest
  readonly http: Http
  readonly secrets: Secrets
  readonly log: Log
  /** The share of the time since the last call that the event loop was busy, 0 to 1. */
  readonly busy?: () => number
  /** For connectors that declare a `credential`. */
  readonly tokens?: Tokens
}
