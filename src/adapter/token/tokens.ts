import { randomBytes } from 'node:crypto'
import { TielineError } from '../../core/error.ts'
import { faultOf } from '../../core/fault.ts'
import type { Credential } from '../../declare/credential/credential.ts'
import type { Connector } from '../../declare/target/operation.ts'
import type { Host } from '../../port/host.ts'
import type { Tokens } from '../../port/tokens.ts'
import { quietMs } from './lifetime.ts'
import type { Parts } from './parts.ts'
import { type Documents, privateDocuments } from './private-documents.ts'
import { keyNeeded, renew } from './renewal.ts'
import { keysIn, sealOf } from './seal.ts'
import { type Shelf, shelfOf } from './shelf.ts'
import type { Held, Slot } from './slot.ts'

export interface TokensOptions extends Pick<Host, 'name' | 'clock' | 'random' | 'http' | 'secrets' | 'log'> {
  /** Shared by all workers; opened. */
  readonly store: Documents
}

/**
 * OAuth 2.0 access tokens with one request at a time for each credential, whoever asks, in whichever process: within the process by one
 * promise, across workers by a lease document in the store. With TIELINE_TOKEN_KEY, tokens are kept in the store, encrypted. Without it
 * they stay in the memory of each process, and only credentials that can do with that work.
 * Dispose of it before the store closes: a token that is on its way is received and stored (at most some 15 s), callers that wait get STOPPING.
 */
export function createTokens(options: TokensOptions): Tokens & AsyncDisposable {
  const { clock, log, secrets, store } = options
  const slots = new Map<string, Slot>()
  const closing = new AbortController()
  const own = { documents: privateDocuments(clock), seal: sealOf([randomBytes(32)]) }

  function shelf({ name, credential }: Slot): Shelf {
    const keys = keysIn(secrets)
    if (keys.length > 0) return shelfOf(name, store, sealOf(keys))
    if (credential.kind === 'oauth2 refresh token') throw keyNeeded(name)
    return shelfOf(name, own.documents, own.seal)
  }
  const parts: Parts = { ...options, shelf, closing: closing.signal }

  function slotOf(connector: Connector): Slot {
    const { credential } = connector
    if (credential === undefined) {
      throw new TielineError('CONFIG_INVALID', `connector ${connector.name}: no credential is declared`)
    }
    const name = credential.name ?? connector.name
    const known = slots.get(name)
    if (known !== undefined) return same(known, credential)
    const slot: Slot = {
      name,
      credential,
      held: undefined,
      going: undefined,
      closed: undefined,
      failures: 0,
      unsaved: undefined,
    }
    slots.set(name, slot)
    return slot
  }

  function renewed(slot: Slot, connector: Connector): Promise<Held> {
    slot.going ??= renew(slot, connector, parts).finally(() => {
      slot.going = undefined
    })
    return slot.going
  }

  async function get(connector: Connector): Promise<string> {
    const slot = slotOf(connector)
    const { held, closed } = slot
    const mono = clock.mono()
    if (held !== undefined && mono < held.renewMono) return held.access
    const open = closed === undefined || mono >= closed.untilMono
    if (held !== undefined && mono < held.endMono) {
      if (open) {
        renewed(slot, connector).catch((thrown: unknown) =>
          log('debug', 'token.renewal', { token: slot.name, fault: faultOf(thrown) }),
        )
      }
      return held.access
    }
    if (!open) throw closed.error()
    return (await renewed(slot, connector)).access
  }

  function refused(connector: Connector, token: string): void {
    const slot = slotOf(connector)
    const { held } = slot
    if (held?.access !== token || held.refused) return
    if (clock.mono() - held.bornMono < quietMs(held.streak)) return
    slot.held = { ...held, renewMono: Number.NEGATIVE_INFINITY, endMono: Number.NEGATIVE_INFINITY, refused: true }
    log('info', 'token.stale', { token: slot.name })
  }

  async function clear(connector: Connector): Promise<void> {
    const slot = slotOf(connector)
    const kept = shelf(slot)
    const seen = await kept.read()
    slot.closed = undefined
    slot.failures = 0
    if (seen.turn !== undefined && 'pausedMs' in seen.turn) await kept.release(seen)
    if (seen.record?.refusal === undefined) return
    const { refusal: _, ...record } = seen.record
    await kept.keep(record, { ...seen, turn: undefined })
  }

  async function close(): Promise<void> {
    closing.abort()
    await Promise.allSettled([...slots.values()].map(({ going }) => going))
  }

  return Object.freeze({ get, refused, clear, [Symbol.asyncDispose]: close })
}

/** Two credentials under one name would take each other's tokens. */
function same(slot: Slot, credential: Credential): Slot {
  if (slot.credential === credential || JSON.stringify(slot.credential) === JSON.stringify(credential)) return slot
  throw new TielineError('CONFIG_INVALID', `credential ${slot.name}: two that differ have this name`, {
    disposition: 'retry',
  })
}
