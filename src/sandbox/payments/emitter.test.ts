import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WebhookFault } from '../fault/decide.ts'
import { Agenda } from './agenda.ts'
import { type Emitter, emitter } from './emitter.ts'
import type { StripeEvent } from './object.ts'
import { fasterBy, STRIPE_SCHEDULE } from './schedule.ts'

const event = (number: number, type = 'payment_intent.succeeded', payment = `pi_${number}`): StripeEvent =>
  ({
    id: `evt_${number}`,
    type,
    data: {
      object: { object: type.startsWith('charge') ? 'charge' : 'payment_intent', id: payment, payment_intent: payment },
    },
  }) as unknown as StripeEvent

const schedule = { delaysMs: [100, 200], afterwards: 'give up', timeoutMs: 1_000 } as const
const webhookFault = (kind: WebhookFault['kind'], holdMs: number): WebhookFault => ({ kind, holdMs }) as WebhookFault
const names = (out: Emitter, nowMs: number) => out.due(nowMs, 100).map((delivery) => delivery.event)

describe('the schedule', () => {
  it('sends again after each pause with the same bytes, then gives up', () => {
    const out = emitter({ schedule, events: ['*'] })
    out.push(event(1), 0)
    const attempts: [number, number][] = []
    const bodies = new Set<string>()
    for (let nowMs = 0; nowMs < 1_000; nowMs += 50) {
      for (const delivery of out.due(nowMs, 10)) {
        attempts.push([nowMs, delivery.attempt])
        bodies.add(delivery.body)
        out.report(delivery, delivery.attempt === 1 ? undefined : 302, nowMs)
      }
    }
    expect(attempts).toEqual([
      [0, 1],
      [100, 2],
      [300, 3],
    ])
    expect(bodies.size).toBe(1)
    expect(out.records()).toMatchObject([{ attempts: 3, acknowledged: null, givenUp: true }])
    expect([out.pending(), out.nextAtMs()]).toEqual([0, undefined])
  })

  it('goes on with the last pause where it is told so', () => {
    const out = emitter({ schedule: { ...schedule, afterwards: 'go on' }, events: ['*'] })
    out.push(event(1), 0)
    let nowMs = 0
    for (let attempt = 1; attempt <= 10; attempt++) {
      nowMs = out.nextAtMs() ?? Number.NaN
      const [delivery] = out.due(nowMs, 1)
      if (delivery) out.report(delivery, 503, nowMs)
    }
    expect(nowMs).toBe(100 + 8 * 200)
    expect(out.pending()).toBe(1)
  })

  it('2xx ends it, and only listened types are sent', () => {
    const out = emitter({ schedule, events: ['payment_intent.succeeded', 'charge.*'] })
    out.push(event(1), 5)
    out.push(event(2, 'payment_intent.created'), 5)
    out.push(event(3, 'charge.refunded'), 5)
    expect(out.nextAtMs()).toBe(5)
    const due = out.due(5, 10)
    expect(due.map((delivery) => delivery.event)).toEqual(['evt_1', 'evt_3'])
    for (const delivery of due) out.report(delivery, 202, 6)
    expect(out.pending()).toBe(0)
    expect(out.records()[0]).toMatchObject({ firstSent: 1, acknowledged: 3 })
  })

  it('gives no more than there is room for', () => {
    const out = emitter({ schedule, events: ['*'] })
    for (let number = 0; number < 5; number++) out.push(event(number), 0)
    expect([out.due(0, 2), out.due(0, 2), out.due(0, 2)].map((due) => due.length)).toEqual([2, 2, 1])
  })

  it("is Stripe's: within three days", () => {
    const total = STRIPE_SCHEDULE.delaysMs.reduce((sum, delay) => sum + delay, 0)
    expect(total).toBeLessThanOrEqual(72 * 3_600_000)
    expect(total).toBeGreaterThan(48 * 3_600_000)
    expect(fasterBy(STRIPE_SCHEDULE, 3_000).delaysMs[0]).toBe(100)
  })
})

describe('faults on the way', () => {
  const one = (fault: WebhookFault): { out: Emitter; calm: () => void } => {
    let next: WebhookFault | undefined = fault
    const out = emitter({ schedule, events: ['*'], fault: () => next })
    return {
      out,
      calm: () => {
        next = undefined
      },
    }
  }

  it('a duplicate comes again although it was acknowledged', () => {
    const { out } = one(webhookFault('duplicate-webhook', 30))
    out.push(event(1), 0)
    const [first] = out.due(0, 10)
    if (first) out.report(first, 200, 1)
    expect(out.pending()).toBe(1)
    const [copy] = out.due(30, 10)
    expect(copy).toMatchObject({ event: 'evt_1', body: first?.body })
    if (copy) out.report(copy, 200, 31)
    expect([out.pending(), out.due(10_000, 10)]).toEqual([0, []])
    expect(out.records()).toMatchObject([{ attempts: 2, firstSent: 1, acknowledged: 2 }])
  })

  it('and only once, whatever comes of it', () => {
    const { out } = one(webhookFault('duplicate-webhook', 30))
    out.push(event(1), 0)
    for (const delivery of out.due(30, 10)) out.report(delivery, delivery.attempt === 1 ? 500 : 200, 31)
    expect(out.pending()).toBe(1) // the event itself is tried again, the copy is not
    expect(names(out, 10_000)).toEqual(['evt_1'])
  })

  it('a late one is first sent after its delay', () => {
    const { out } = one(webhookFault('late-webhook', 30))
    out.push(event(1), 0)
    expect([names(out, 29), names(out, 30)]).toEqual([[], ['evt_1']])
  })

  it('a reordered one comes after the next event of its payment was delivered', () => {
    const { out, calm } = one(webhookFault('reordered-webhook', 1_000))
    out.push(event(1), 0)
    calm()
    out.push(event(2, 'charge.refunded', 'pi_other'), 1)
    expect(names(out, 1)).toEqual(['evt_2'])
    out.push(event(3, 'charge.refunded', 'pi_1'), 2)
    const [overtaking] = out.due(2, 10)
    expect(overtaking?.event).toBe('evt_3')
    expect(names(out, 3)).toEqual([])
    if (overtaking) out.report(overtaking, 200, 4)
    expect(names(out, 4)).toEqual(['evt_1'])
    expect(names(out, 2_000)).toEqual([])
  })

  it('and without such an event it comes after its delay', () => {
    const { out } = one(webhookFault('reordered-webhook', 1_000))
    out.push(event(1), 0)
    expect([names(out, 999), names(out, 1_000)]).toEqual([[], ['evt_1']])
  })
})

it('the agenda gives what is due earliest, and equals in the order of adding', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const agenda = new Agenda<number>()
      for (const [index, time] of times.entries()) agenda.add(time, index)
      const taken = times.map(() => agenda.take())
      const sorted = times.map((time, index) => ({ time, index })).sort((a, b) => a.time - b.time || a.index - b.index)
      expect(taken).toEqual(sorted.map(({ index }) => index))
      expect(agenda.take()).toBeUndefined()
    }),
  )
})
