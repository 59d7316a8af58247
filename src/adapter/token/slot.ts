import type { TielineError } from '../../core/error.ts'
import type { Credential } from '../../declare/credential/credential.ts'
import type { TokenRecord } from './record.ts'
import type { Seen } from './shelf.ts'

/** A token in the memory of this process; times are monotonic, milliseconds. */
export interface Held {
  readonly access: string
  /** When it was asked for: wall clock, to tell it from another grant of the same token. */
  readonly bornMs: number
  readonly bornMono: number
  /** From here on another one is fetched, while this one is still handed out. */
  readonly renewMono: number
  /** From here on it is not. */
  readonly endMono: number
  readonly streak: number
  /** The provider refused it before its time. */
  readonly refused: boolean
}

/** What this process knows of one credential. */
export interface Slot {
  readonly name: string
  readonly credential: Credential
  held: Held | undefined
  /** The one renewal that is under way, however many wait for it. */
  going: Promise<Held> | undefined
  /** Not asked again before, nor looked up in the store. */
  closed: { readonly untilMono: number; readonly error: () => TielineError } | undefined
  /** Failures of the token endpoint in a row, as far as this process has seen them. */
  failures: number
  /** Received, and not stored yet: nobody gets it before it is. */
  unsaved: { readonly record: TokenRecord; readonly seen: Seen; readonly sent: string | undefined } | undefined
}
