import type { WebhookFault } from '../fault/decide.ts'
import { Agenda } from './agenda.ts'
import { covers } from './event.ts'
import { paymentOf, type StripeEvent } from './object.ts'
import type { RetrySchedule } from './schedule.ts'

/** One attempt to deliver one event. */
export interface Delivery {
  readonly event: string
  readonly type: string
  /** The same bytes in every attempt; only the signature is new. */
  readonly body: string
  /** From 1. */
  readonly attempt: number
}

/** What became of one event on its way out. Sends and acknowledgements are numbered together, so that their order is known. */
export interface DeliveryRecord {
  readonly event: string
  readonly type: string
  readonly payment: string | null
  readonly attempts: number
  /** Number of the first send; null before it. */
  readonly firstSent: number | null
  /** Number of the first 2xx; null before it. */
  readonly acknowledged: number | null
  readonly givenUp: boolean
}

export interface EmitterOptions {
  readonly schedule: RetrySchedule
  /** Event types that the endpoint listens to; `*` at the end stands for any. */
  readonly events: readonly string[]
  /** A fault to put on this event's way, if any. */
  readonly fault?: (type: string) => WebhookFault | undefined
}

/**
 * Which webhook is to be sent when, as a pure schedule: it is told the time and the outcomes, and never sends itself. Events are not kept in
 * order and may come more than once, as Stripe says of its own.
 */
export interface Emitter {
  push(event: StripeEvent, nowMs: number): void
  /** At most `limit` deliveries whose time has come. Each must be reported. */
  due(nowMs: number, limit: number): readonly Delivery[]
  /** `status` undefined: no answer came. Acknowledged is 2xx and nothing else. */
  report(delivery: Delivery, status: number | undefined, nowMs: number): void
  /** When the next delivery is due; undefined when nothing waits. */
  nextAtMs(): number | undefined
  /** Events neither acknowledged nor given up, and copies not yet sent. */
  pending(): number
  records(): readonly DeliveryRecord[]
}

interface Parcel {
  readonly record: { -readonly [K in keyof DeliveryRecord]: DeliveryRecord[K] }
  readonly body: string
  /** A duplicate: sent once, whatever comes of it. */
  readonly copy: boolean
  attempt: number
  /** Where it stands in the agenda; older places are void. */
  dueMs: number
  waiting: boolean
  /** Parcels that wait until this one was delivered. */
  behind: Parcel[]
}

export function emitter(options: EmitterOptions): Emitter {
  const { schedule } = options
  const agenda = new Agenda<{ readonly parcel: Parcel; readonly dueMs: number }>()
  const records: Parcel['record'][] = []
  const underway = new Map<Delivery, Parcel>()
  const held = new Map<string, Parcel[]>()
  let count = 0
  let open = 0

  function plan(parcel: Parcel, dueMs: number): void {
    parcel.dueMs = dueMs
    parcel.waiting = true
    agenda.add(dueMs, { parcel, dueMs })
  }

  function push(event: StripeEvent, nowMs: number): void {
    if (!options.events.some((declared) => covers(declared, event.type))) return
    const payment = paymentOf(event) ?? null
    const record = {
      event: event.id,
      type: event.type,
      payment,
      attempts: 0,
      firstSent: null,
      acknowledged: null,
      givenUp: false,
    }
    const body = JSON.stringify(event)
    const parcel: Parcel = { record, body, copy: false, attempt: 0, dueMs: 0, waiting: false, behind: [] }
    records.push(record)
    open += 1
    const fault = options.fault?.(event.type)
    const key = payment ?? event.id
    if (fault?.kind === 'reordered-webhook') held.set(key, [...(held.get(key) ?? []), parcel])
    else {
      parcel.behind = held.get(key) ?? []
      held.delete(key)
    }
    const delayed = fault?.kind === 'reordered-webhook' || fault?.kind === 'late-webhook'
    plan(parcel, delayed ? nowMs + fault.holdMs : nowMs)
    if (fault?.kind === 'duplicate-webhook') {
      open += 1
      plan({ ...parcel, copy: true, behind: [] }, nowMs + fault.holdMs)
    }
  }

  function due(nowMs: number, limit: number): readonly Delivery[] {
    const deliveries: Delivery[] = []
    while (deliveries.length < limit && (agenda.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const place = agenda.take()
      const parcel = place?.parcel
      if (!parcel?.waiting || parcel.dueMs !== place?.dueMs) continue
      parcel.waiting = false
      parcel.attempt += 1
      const { record } = parcel
      record.attempts += 1
      count += 1
      record.firstSent ??= count
      const delivery = { event: record.event, type: record.type, body: parcel.body, attempt: parcel.attempt }
      underway.set(delivery, parcel)
      deliveries.push(delivery)
    }
    return deliveries
  }

  function report(delivery: Delivery, status: number | undefined, nowMs: number): void {
    const parcel = underway.get(delivery)
    if (!parcel) return
    underway.delete(delivery)
    const { record } = parcel
    const good = status !== undefined && status >= 200 && status < 300
    count += 1
    if (good) {
      record.acknowledged ??= count
      for (const other of parcel.behind) if (other.waiting && other.attempt === 0) plan(other, nowMs)
    }
    const delay =
      schedule.delaysMs[parcel.attempt - 1] ?? (schedule.afterwards === 'go on' ? schedule.delaysMs.at(-1) : undefined)
    if (good || parcel.copy) open -= 1
    else if (delay !== undefined) plan(parcel, nowMs + delay)
    else {
      record.givenUp = true
      open -= 1
    }
  }

  return { push, due, report, nextAtMs: () => agenda.dueMs, pending: () => open, records: () => records }
}
