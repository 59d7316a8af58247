import { TielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import { guardJson } from '../core/json-guard.ts'
import { holdsJson } from '../core/media-type.ts'
import type { Endpoint } from '../declare/source/source.ts'
import type { Host } from '../port/host.ts'
import type { Outbox, OutboxMessage } from '../port/outbox.ts'
import type { Store } from '../port/store.ts'
import { decodeBody } from './body.ts'
import type { Arrived, RelayIntake } from './intake.ts'
import { createLeadership } from './leadership.ts'

export interface RelayParts {
  readonly outbox: Outbox
  readonly store: Store
  readonly host: Host
  readonly intake: RelayIntake
  readonly endpoints: readonly Endpoint[]
}

/** An idle outbox is looked at so often. Publishing does not notify: NOTIFY in a transaction locks all commits of the server. */
const POLL_MS = 100
/** Whoever does not lead asks so often; with the ten seconds of a lease this bounds how long nothing moves after a crash. */
const FOLLOW_MS = 1_000
const FAILED_MS = 1_000
const AT_ONCE = 500
const LOOK_MS = 60_000

/**
 * Moves what applications published into the store, by the same door as everything else, until `stop`. Each source has one leader; a
 * second one that still believes to lead only repeats what is known already. Messages leave the outbox once they are in the store.
 */
export async function keepRelay(parts: RelayParts, stop: AbortSignal): Promise<void> {
  const mine = parts.endpoints.filter(({ scheme }) => scheme === 'outbox')
  await Promise.all([...mine.map((endpoint) => relay(parts, endpoint, stop)), keepLook(parts, mine, stop)])
}

async function relay(
  { outbox, store, host, intake }: RelayParts,
  endpoint: Endpoint,
  stop: AbortSignal,
): Promise<void> {
  const leadership = createLeadership(store, host, `tieline/outbox/${endpoint.name}`)
  const limit = Math.min(AT_ONCE, store.traits.maxBatch)

  /** Done only after accepted: a crash in between gives a repeat, which the store recognises. */
  async function move(): Promise<number> {
    const messages = await outbox.take(endpoint.name, limit)
    if (messages.length === 0 || stop.aborted) return 0
    await intake.takeEach(
      endpoint,
      messages.map((message) => arrived(endpoint, message)),
    )
    await outbox.done(
      endpoint.name,
      messages.map(({ position }) => position),
    )
    return messages.length
  }

  while (!stop.aborted) {
    try {
      const leads = await leadership.leads()
      // What is not pulled waits in the application's own database, in order. The lead stays here: pressure passes in seconds.
      if (leads && intake.admittance.pulls(endpoint) && (await move()) > 0) continue
      await host.clock.sleep(leads ? POLL_MS : FOLLOW_MS, stop)
    } catch (error) {
      if (!stop.aborted) host.log('warn', 'engine.relay', { source: endpoint.name, fault: faultOf(error) })
      await host.clock.sleep(FAILED_MS, stop)
    }
  }
  await leadership.release()
}

function arrived(endpoint: Endpoint, { id, type, attributes, body }: OutboxMessage): Arrived {
  const event = { id, type, attributes, raw: body }
  try {
    const contentType = attributes['datacontenttype']
    const wrong = holdsJson(contentType) ? guardJson(body, endpoint.maxDepth) : undefined
    if (wrong === undefined) return { event: { ...event, data: decodeBody(body, contentType) } }
    const what =
      wrong === 'deep' ? `is nested deeper than ${endpoint.maxDepth} levels` : 'has an object with the key "__proto__"'
    throw new TielineError('BODY_MALFORMED', `the body ${what}`)
  } catch (error) {
    return { event: { ...event, data: undefined }, fault: faultOf(error) }
  }
}

/** @throws {TielineError} CONFIG_INVALID when flows start from an outbox that this store does not have */
export function checkOutbox(endpoints: readonly Endpoint[], { traits, outbox }: Store): void {
  const from = endpoints.find(({ scheme }) => scheme === 'outbox')
  if (from === undefined || outbox !== undefined) return
  throw new TielineError(
    'CONFIG_INVALID',
    `source ${from.name} is an outbox, and the store ${traits.name} has none; use postgres() with the database that is published in`,
  )
}

/** Says which messages nobody here takes. They stay where they are, in order, for a process that declares their source. */
async function keepLook({ outbox, host }: RelayParts, mine: readonly Endpoint[], stop: AbortSignal): Promise<void> {
  const known = new Set(mine.map(({ name }) => name))
  while (!stop.aborted) {
    try {
      for (const { source, oldestMs } of await outbox.sources()) {
        if (!known.has(source) && oldestMs >= LOOK_MS) host.log('warn', 'engine.outbox-unknown', { source, oldestMs })
      }
    } catch (error) {
      host.log('warn', 'engine.relay', { fault: faultOf(error) })
    }
    await host.clock.sleep(LOOK_MS, stop)
  }
}
