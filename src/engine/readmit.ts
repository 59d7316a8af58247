import { TielineError } from '../core/error.ts'
import type { History } from '../port/store.ts'
import { decodeBody } from './body.ts'
import type { DeskParts } from './desk-of-store.ts'
import { createIntake } from './take.ts'
import { createWarm } from './warm.ts'

/**
 * Takes a quarantined message in after all, through the same door as everything else: contract, deduplication, lane. It leaves the
 * quarantine only once it is accepted.
 * @throws {TielineError} CONTRACT_BROKEN when it still does not fit
 */
export async function readmit(
  parts: DeskParts,
  work: string,
  why: string,
  body?: Uint8Array,
): Promise<readonly string[]> {
  const { store, routing, host } = parts
  const [known] = await store.history([work])
  const endpoint = routing.endpoints.find((one) => one.name === known?.source)
  const raw = body ?? known?.body
  if (known === undefined || endpoint === undefined || raw === undefined) {
    throw new TielineError('NOT_FOUND', `quarantined work ${JSON.stringify(work)}: its source or its body is gone`)
  }
  const intake = createIntake({ routing, store, digest: host.digest, warm: createWarm(), closed: () => undefined })
  const taken = await intake.take(endpoint, [eventOf(known, raw)], raw)
  if (taken.as === 'quarantined') {
    const issue = taken.issues[0]
    throw new TielineError('CONTRACT_BROKEN', `${known.id} still breaks its contract: ${issue?.path} ${issue?.message}`)
  }
  return store.move([{ work, to: 'discard', why: `taken in after all: ${why}` }])
}

function eventOf(known: History, raw: Uint8Array): Parameters<ReturnType<typeof createIntake>['take']>[1][number] {
  const { id, type, attributes } = known
  return {
    id: attributes['id'] ?? id,
    type,
    attributes,
    raw,
    data: decodeBody(raw, attributes['datacontenttype']),
    ...(attributes['id'] === undefined ? {} : { identity: id }),
  }
}
