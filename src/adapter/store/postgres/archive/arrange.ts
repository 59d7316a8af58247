import type { ArchivedMessage, ArchivedStep, ArchivedWork } from '../../../../port/archive.ts'
import { identity } from '../batch.ts'
import { type Head, placeOf } from '../head.ts'
import { dayOf, messageDay } from './days.ts'

/** How names become numbers, and keys places. */
export interface Places {
  readonly number: (name: string) => number
  readonly lane: (flow: string, key: string, tenant: string) => number
  readonly shard: (lane: number) => number
}

/** A piece of work with its place. */
export interface WorkPlaced extends ArchivedWork {
  readonly id: number
  readonly msg: number
  readonly msgDay: string
  readonly day: string
  readonly lane: number
  readonly flowNumber: number
  readonly tenantNumber: number
  readonly shard: number
  readonly whyText: string | null
  readonly faultText: string | null
  readonly message: MessagePlaced
}

export interface MessagePlaced {
  readonly id: number
  readonly day: string
  readonly works: number
  readonly at: number
  readonly source: number
  readonly head: string
  readonly body: Uint8Array | undefined
  /** Of a dead letter: how many pieces of work, one at least. */
  readonly width: number
}

/** The rows of a batch, table by table. */
export interface Rows {
  readonly messages: readonly MessagePlaced[]
  readonly todo: readonly WorkPlaced[]
  readonly wait: readonly WorkPlaced[]
  readonly done: readonly WorkPlaced[]
  readonly dead: readonly WorkPlaced[]
  readonly trail: readonly { readonly work: number; readonly position: number; readonly entry: string }[]
  readonly marks: readonly { readonly hash: Buffer; readonly id: number }[]
}

export function rowsOf(messages: readonly ArchivedMessage[], places: Places): Rows {
  const placed = messages.map((message) => [message, messagePlaced(message, places)] as const)
  const works = placed.flatMap(([message, row]) => message.works.map((work) => workPlaced(message, row, work, places)))
  return {
    messages: placed.map(([, row]) => row).filter(({ body }) => body !== undefined),
    todo: works.filter(({ state }) => state === 'pending'),
    wait: works.filter((work) => work.state === 'pending' && isNoted(work)),
    done: works.filter(({ state }) => state === 'delivered' || state === 'skipped' || state === 'discarded'),
    dead: works.filter(({ state }) => state === 'dead' || state === 'quarantined'),
    trail: works.flatMap(({ id, trail }) =>
      trail.map((step) => ({ work: id, position: step.position ?? -1, entry: entryOf(step) })),
    ),
    marks: messages.flatMap(({ first, envelope, known }) => {
      if (envelope === undefined || known === undefined) return []
      return [{ id: first, hash: identity(known === 'message' ? envelope : { ...envelope, quarantine: true }) }]
    }),
  }
}

function messagePlaced(message: ArchivedMessage, { number }: Places): MessagePlaced {
  const { first, width, envelope, body, works } = message
  const deliveries = deliveriesOf(width, works)
  const head: Head = [envelope?.id ?? '', envelope?.type ?? '', envelope?.attributes ?? {}, deliveries]
  return {
    id: first,
    day: messageDay(message),
    works: deliveries.length,
    at: envelope?.acceptedAtMs ?? 0,
    source: number(envelope?.source ?? ''),
    head: JSON.stringify(head),
    body,
    width,
  }
}

/** By position, empty where the work was purged; none when no flow took the message. */
function deliveriesOf(width: number, works: readonly ArchivedWork[]): Head[3] {
  if (works.length === 1 && width === 1 && works[0]!.flow === '') return []
  const byPosition = new Map(works.map((work) => [work.position, work]))
  return Array.from({ length: width }, (_, position) => {
    return placeOf(byPosition.get(position) ?? { flow: '', key: '', effect: '' })
  })
}

function workPlaced(message: ArchivedMessage, row: MessagePlaced, work: ArchivedWork, places: Places): WorkPlaced {
  const { flow, key, tenant = '' } = work
  const lane = places.lane(flow, key, tenant)
  return {
    ...work,
    id: message.first + work.position,
    msg: message.first,
    msgDay: messageDay(message, work),
    day: dayOf(work.settledAtMs),
    lane,
    flowNumber: places.number(flow),
    tenantNumber: places.number(tenant),
    shard: places.shard(lane),
    whyText: work.why === undefined ? null : JSON.stringify(work.why),
    faultText: work.fault === undefined ? null : JSON.stringify(work.fault),
    message: row,
  }
}

/** Work that has failed, waits, crashed, was replayed or edited, or has a journal. */
function isNoted({ attempt, crashes, replays, journal, dueAtMs, why, fault, body }: ArchivedWork): boolean {
  return attempt + crashes + replays + journal + dueAtMs > 0 || (why ?? fault ?? body) !== undefined
}

function entryOf({ atMs, what, step, why, fault, result, owner, token }: ArchivedStep): string {
  return JSON.stringify({ atMs, what, step, why, fault, result, owner, token })
}
