import type { Clock } from '../../port/clock.ts'
import type { Http } from '../../port/http.ts'
import type { Log } from '../../port/log.ts'
import type { Random } from '../../port/random.ts'
import type { Secrets } from '../../port/secrets.ts'
import type { Shelf } from './shelf.ts'
import type { Slot } from './slot.ts'

/** What a renewal works with. */
export interface Parts {
  /** Names this process among the workers. */
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly http: Http
  readonly secrets: Secrets
  readonly log: Log
  /** Aborted when no new turn is to be taken: the runtime stops. */
  readonly closing: AbortSignal
  /** Where the credential is kept. @throws {TielineError} SECRET_MISSING when it needs a key and there is none, CONFIG_INVALID */
  readonly shelf: (slot: Slot) => Shelf
}
