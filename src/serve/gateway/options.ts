import type { Endpoint } from '../../declare/source/source.ts'
import type { Desk } from '../../engine/desk.ts'
import type { Intake } from '../../engine/intake.ts'
import type { Clock } from '../../port/clock.ts'
import type { Log } from '../../port/log.ts'
import type { Secrets } from '../../port/secrets.ts'
import type { GatewayLimits } from './limits.ts'

export interface GatewayOptions {
  /** Every declared receiving end. Exactly one of the scheme `cloudevents` may be there; it serves `/events` too. */
  readonly endpoints: readonly Endpoint[]
  readonly intake: Intake
  readonly desk: Desk
  readonly secrets: Secrets
  readonly clock: Clock
  readonly log: Log
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string
  /** Default 4400; 0 takes a free one. */
  readonly port?: number
  readonly limits?: Partial<GatewayLimits>
  /** Who has it may use the admin API. Without, the admin API is open on loopback addresses and closed on others. */
  readonly adminToken?: string
  /** The address that senders call, for endpoints that do not say their own: `https://hooks.example.com`. */
  readonly publicUrl?: string
}
