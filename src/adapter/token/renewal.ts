import { TielineError, toTielineError } from '../../core/error.ts'
import { faultOf } from '../../core/fault.ts'
import { type Credential, TOKEN_KEY } from '../../declare/credential/credential.ts'
import type { Connector } from '../../declare/target/operation.ts'
import { type Answer, ask, EXCHANGE_MS } from './endpoint.ts'
import { lastMs, pauseMs, renewBeforeMs } from './lifetime.ts'
import { type Material, materialOf } from './material.ts'
import type { Parts } from './parts.ts'
import { emptyRecord, markOf, type TokenRecord } from './record.ts'
import type { Seen, Shelf } from './shelf.ts'
import type { Held, Slot } from './slot.ts'

/** The turn of a holder that died ends after so long; twice what an exchange may take, so that one that lives is done by then. */
const TURN_MS = 2 * EXCHANGE_MS
/** How often those that wait look whether it is done. */
const POLL_MS = 250
/** How long one `get` waits for other workers: for one that died, and one after it. */
const PATIENCE_MS = 2 * TURN_MS
/** How long a refusal or a pause is believed without another look into the store. */
const BELIEF_MS = 2_000
/** When a message that met a refusal is to ask again; a person is at work meanwhile. */
const PERSON_MS = 60_000
/** Tries to store what was received, half a second apart. */
const SAVES = 5
const ROOTS = 16

/** Gets another token: from the store, where a worker has put it, or from the token endpoint, when it is our turn. */
export async function renew(slot: Slot, connector: Connector, parts: Parts): Promise<Held> {
  const { clock, closing, random, secrets, name } = parts
  const shelf = parts.shelf(slot)
  const material = materialOf(slot.credential, secrets)
  const endMono = clock.mono() + PATIENCE_MS
  if (slot.unsaved !== undefined) await save(slot, shelf, parts)
  for (;;) {
    if (closing.aborted) throw new TielineError('STOPPING', `token ${slot.name}: the runtime stops`)
    const seen = await shelf.read()
    const held = adopted(slot, seen, material, parts) ?? stopped(slot, seen, material, parts)
    if (held !== undefined) return held
    const { turn } = seen
    if (turn !== undefined && 'holder' in turn && turn.holder === name) {
      await shelf.release(seen) // ours, of an earlier renewal that broke off
      continue
    }
    if (turn === undefined && (await shelf.take(name, TURN_MS))) {
      const fetched = await inTurn(slot, connector, material, shelf, parts)
      if (fetched !== undefined) return fetched
    }
    if (clock.mono() >= endMono) {
      throw new TielineError('GATE_CLOSED', `token ${slot.name}: other workers have been fetching it for too long`, {
        retryAfterMs: TURN_MS,
      })
    }
    await clock.sleep(POLL_MS * (0.75 + random() / 2), closing)
  }
}

/** The stored token, when it is of another grant than ours and good. */
function adopted(
  slot: Slot,
  { record }: Pick<Seen, 'record'>,
  material: Material,
  { clock, random }: Parts,
): Held | undefined {
  const grant = record?.grant
  if (record === undefined || grant === undefined) return undefined
  if (grant.access === slot.held?.access && grant.bornMs === slot.held.bornMs) return undefined
  if (grant.mark !== requestMark(record, slot.credential, material)) return undefined
  const [now, mono] = [clock.now(), clock.mono()]
  const lifeMs = grant.endsMs - grant.bornMs
  const leftMs = Math.min(lifeMs, grant.endsMs - now)
  if (leftMs <= lastMs(lifeMs)) return undefined
  slot.failures = 0
  slot.closed = undefined
  slot.held = {
    access: grant.access,
    bornMs: grant.bornMs,
    bornMono: mono - Math.max(0, now - grant.bornMs),
    renewMono: mono + leftMs - renewBeforeMs(lifeMs, random),
    endMono: mono + leftMs - lastMs(lifeMs),
    streak: grant.streak,
    refused: false,
  }
  return slot.held
}

/** Throws when a refusal stands, or the token endpoint is left alone. */
function stopped(slot: Slot, { record, turn }: Seen, material: Material, parts: Parts): undefined {
  const refusal = record?.refusal
  if (record !== undefined && refusal?.marks.includes(wholeMark(record, slot.credential, material)) === true) {
    throw close(slot, parts, BELIEF_MS, () => refused(slot, refusal.why))
  }
  if (turn === undefined || !('pausedMs' in turn)) return undefined
  slot.failures = Math.max(slot.failures, turn.failures)
  const leftMs = Math.min(turn.pausedMs, Math.max(POLL_MS, turn.untilMs - parts.clock.now()))
  const message = `token ${slot.name}: the token endpoint failed and is left alone for now: ${turn.why}`
  throw close(slot, parts, Math.min(leftMs, BELIEF_MS), () => {
    return new TielineError('GATE_CLOSED', message, { retryAfterMs: leftMs })
  })
}

/** We have the turn: looks once more, asks, stores, gives it back. Undefined when the turn was lost before anything was sent. */
async function inTurn(
  slot: Slot,
  connector: Connector,
  material: Material,
  shelf: Shelf,
  parts: Parts,
): Promise<Held | undefined> {
  const { clock, http, log, name } = parts
  const takenMono = clock.mono()
  const seen = await shelf.read()
  if (seen.turn === undefined || !('holder' in seen.turn) || seen.turn.holder !== name) return undefined
  const held = adopted(slot, seen, material, parts)
  if (held !== undefined || clock.mono() - takenMono > TURN_MS - EXCHANGE_MS) {
    await shelf.release(seen)
    return held
  }
  const { credential } = slot
  const record = seen.record ?? emptyRecord()
  const root = credential.kind === 'oauth2 refresh token' ? markOf(record, material.grant) : undefined
  const known = root === undefined || record.roots.includes(root)
  const refresh = known ? record.refresh : undefined
  const bornMs = clock.now()
  const answer = await ask({ connector, credential, material, refresh }, http, clock).catch((thrown: unknown) => {
    return { as: 'failed', error: toTielineError(thrown) } satisfies Answer
  })
  switch (answer.as) {
    case 'granted': {
      const streak = slot.held?.refused === true ? slot.held.streak + 1 : 0
      const mark = requestMark(record, credential, material)
      const grant = { access: answer.access, mark, bornMs, endsMs: bornMs + answer.lifeMs, streak }
      const next = root === undefined ? undefined : (answer.refresh ?? refresh ?? material.grant)
      const roots = known ? record.roots : [...record.roots, root].slice(-ROOTS)
      slot.unsaved = {
        record: { salt: record.salt, grant, roots, ...(next === undefined ? {} : { refresh: next }) },
        seen,
        sent: record.refresh,
      }
      await save(slot, shelf, parts)
      log('info', 'token.fetched', { token: slot.name, lifeMs: answer.lifeMs })
      return adopted(slot, await shelf.read(), material, parts)
    }
    case 'refused': {
      const marks = [...(record.refusal?.marks ?? []), wholeMark(record, credential, material)].slice(-ROOTS)
      await shelf.keep({ ...record, refusal: { why: answer.why, marks } }, seen)
      log('error', 'token.refused', { token: slot.name, why: answer.why })
      throw close(slot, parts, BELIEF_MS, () => refused(slot, answer.why))
    }
    case 'failed': {
      const { error } = answer
      slot.failures += 1
      const pausedMs = pauseMs(slot.failures, error.retryAfterMs, parts.random)
      const why = `${error.code} ${error.message}`
      await shelf.pause(seen, { untilMs: clock.now() + pausedMs, pausedMs, failures: slot.failures, why })
      log('warn', 'token.failed', { token: slot.name, failures: slot.failures, pausedMs, fault: faultOf(error) })
      throw new TielineError(error.code, `token ${slot.name}: ${error.message}`, {
        disposition: 'retry',
        retryAfterMs: pausedMs,
      })
    }
  }
}

/**
 * Stores what was received before anybody gets it. A store that fails is tried again, now and at the next `get`, so that a moment without
 * a store does not cost the refresh token.
 */
async function save(slot: Slot, shelf: Shelf, { clock, log }: Parts): Promise<void> {
  for (let tries = 1; slot.unsaved !== undefined; tries++) {
    const { record, seen, sent } = slot.unsaved
    try {
      const saved = await shelf.keep(record, seen)
      const now = saved === 'ok' ? undefined : await shelf.read()
      // Somebody wrote meanwhile. Unless it was another refresh token, ours is the newer one.
      slot.unsaved = now !== undefined && now.record?.refresh === sent ? { record, seen: now, sent } : undefined
      if (now !== undefined) log('warn', 'token.overtaken', { token: slot.name })
    } catch (thrown) {
      log('error', 'token.unsaved', { token: slot.name, tries, fault: faultOf(thrown) })
      if (tries >= SAVES) throw thrown
      await clock.sleep(2 * POLL_MS)
    }
  }
}

function close(slot: Slot, { clock }: Parts, forMs: number, error: () => TielineError): TielineError {
  slot.closed = { untilMono: clock.mono() + forMs, error }
  return error()
}

const refused = (slot: Slot, why: string): TielineError =>
  new TielineError('CREDENTIAL_REFUSED', `token ${slot.name}: the token endpoint refuses the credential: ${why}`, {
    retryAfterMs: PERSON_MS,
  })

/** Of what is asked for: a token that answers another question is no use. */
function requestMark(record: TokenRecord, credential: Credential, { clientId }: Material): string {
  const { kind, tokenUrl, scope, audience } = credential
  const subject = kind === 'oauth2 jwt bearer' ? credential.subject : undefined
  return markOf(record, kind, tokenUrl, clientId, scope, audience, subject)
}

/** Of all that is sent, so that what was refused is not sent again. */
function wholeMark(record: TokenRecord, credential: Credential, material: Material): string {
  const { client } = credential
  const key =
    client.by === 'private_key_jwt' ? client.key : credential.kind === 'oauth2 jwt bearer' ? credential.key : undefined
  const signing = [key?.keyId, key?.audience, key?.algorithm]
  return markOf(
    record,
    requestMark(record, credential, material),
    client.by,
    material.proof,
    material.grant,
    ...signing,
  )
}

/** @throws {TielineError} SECRET_MISSING */
export function keyNeeded(name: string): TielineError {
  return new TielineError(
    'SECRET_MISSING',
    `token ${name}: the secret ${TOKEN_KEY} is not set; refresh tokens that follow the first are stored encrypted with it`,
  )
}
