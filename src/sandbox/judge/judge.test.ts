import { describe, expect, it } from 'vitest'
import { type Crm, crm } from '../crm/crm.ts'
import type { DeliveryRecord } from '../payments/emitter.ts'
import { EXPECTED } from './expected.ts'
import { type Evidence, judge } from './judge.ts'

const entry = (seq: number, type: string, id: string) => ({
  seq,
  atMs: 0,
  webhookId: `msg_${seq}`,
  type,
  data: { payment_id: id },
})
const customer = (seq: number, signup: string) => ({
  seq,
  atMs: 0,
  kind: 'customer.created',
  id: `cus_${seq}`,
  payment: null,
  metadata: { signup_id: signup },
  idempotencyKey: null,
  requestId: 'req',
})
const delivery = (
  payment: string,
  type: string,
  firstSent: number | null,
  acknowledged: number | null,
): DeliveryRecord => ({
  event: `evt_${payment}_${type}`,
  type,
  payment,
  attempts: 1,
  firstSent,
  acknowledged,
  givenUp: false,
})

/** A CRM that does what it is told, through its own door. */
function written(model: Crm = crm()) {
  const send = (method: string, path: string, body: unknown): { id: string } => {
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    const request = { method, path, query: '', headers: { authorization: 'Bearer t' }, body: bytes }
    return JSON.parse(model.handle(request, { nowMs: 0, nextId: (prefix) => prefix }).body || '{}')
  }
  const deal = (id: string, dealstage: string) =>
    send('POST', '/crm/v3/objects/deals/batch/upsert', {
      inputs: [{ id, idProperty: 'payment_id', properties: { dealstage } }],
    })
  const contact = (email: string) => send('POST', '/crm/v3/objects/contacts', { properties: { email } })
  return { model, send, deal, contact }
}

/** Everything in order: two payments, the second refunded, one signup. */
function good() {
  const world = written()
  world.contact('ann@b.example')
  world.deal('pi_1', 'closedwon')
  world.deal('pi_2', 'closedwon')
  world.deal('pi_2', 'refunded')
  const evidence: Evidence = {
    payments: { effects: [customer(1, 's1')], repeats: 0, deliveries: [] },
    crm: world.model.ledger(),
    app: {
      entries: [
        entry(1, 'payment.recorded', 'pi_1'),
        entry(2, 'payment.recorded', 'pi_2'),
        entry(3, 'payment.refunded', 'pi_2'),
      ],
      repeats: 0,
      refused: 0,
    },
    sent: {
      signups: [{ id: 's1', email: 'Ann@b.example' }],
      payments: [
        { id: 'pi_1', refunded: false },
        { id: 'pi_2', refunded: true },
      ],
    },
  }
  return { world, evidence }
}

const NOTHING = { lost: [], doubled: [], outOfOrder: [], stale: [] }

it('finds nothing where all agree, also after harmless repeats', () => {
  const { world, evidence } = good()
  world.deal('pi_1', 'closedwon')
  world.deal('pi_2', 'refunded')
  expect(world.model.ledger().repeats).toBe(2)
  expect(judge({ ...evidence, crm: world.model.ledger() })).toEqual(NOTHING)
})

describe('lost', () => {
  it('a signup without customer or contact, a payment without deal or word to the app', () => {
    const { evidence } = good()
    const sent = {
      signups: [...evidence.sent.signups, { id: 's2', email: 'bob@b.example' }],
      payments: [...evidence.sent.payments, { id: 'pi_3', refunded: false }],
    }
    expect(judge({ ...evidence, sent })).toEqual({
      ...NOTHING,
      lost: [
        'signup s2: no customer',
        'signup s2: no contact',
        'payment pi_3: no deal',
        'payment pi_3: the app was never told payment.recorded',
      ],
    })
  })

  it('a refund that never reached the deal or the app, with the reason where the sender is to blame', () => {
    const { evidence } = good()
    const sent = { ...evidence.sent, payments: [{ id: 'pi_1', refunded: true }] }
    const deliveries = [delivery('pi_1', 'charge.refunded', 1, null)]
    const { lost } = judge({ ...evidence, sent, payments: { ...evidence.payments, deliveries } })
    expect(lost).toEqual([
      'payment pi_1: its deal was never refunded (its webhook was never acknowledged)',
      'payment pi_1: the app was never told payment.refunded (its webhook was never acknowledged)',
    ])
  })

  it('a deal that was archived', () => {
    const { world, evidence } = good()
    world.send('DELETE', '/crm/v3/objects/deals/102', undefined)
    expect(judge({ ...evidence, crm: world.model.ledger() }).lost).toEqual(['payment pi_1: its deal 102 was archived'])
  })
})

describe('doubled', () => {
  it('two customers of one signup', () => {
    const { evidence } = good()
    const payments = { ...evidence.payments, effects: [customer(1, 's1'), customer(2, 's1')] }
    expect(judge({ ...evidence, payments }).doubled).toEqual(['signup s1: 2 customers (cus_1, cus_2)'])
  })

  it('two deals of one payment, where the property is not unique', () => {
    const world = written(crm({ unique: { deals: [] } }))
    for (const _ of [1, 2]) {
      world.send('POST', '/crm/v3/objects/deals', { properties: { payment_id: 'pi_1', dealstage: 'closedwon' } })
    }
    const { evidence } = good()
    const sent = { signups: [], payments: [{ id: 'pi_1', refunded: false }] }
    expect(judge({ ...evidence, crm: world.model.ledger(), sent }).doubled).toEqual([
      'payment pi_1: 2 deals (101, 102)',
    ])
  })

  it('a deal made again after it was archived', () => {
    const { world, evidence } = good()
    world.send('DELETE', '/crm/v3/objects/deals/102', undefined)
    world.deal('pi_1', 'closedwon')
    expect(judge({ ...evidence, crm: world.model.ledger() }).doubled).toEqual(['payment pi_1: 2 deals (102, 104)'])
  })

  it('an effect that comes again after a newer one', () => {
    const { world, evidence } = good()
    world.deal('pi_2', 'closedwon')
    expect(judge({ ...evidence, crm: world.model.ledger() })).toEqual({
      ...NOTHING,
      doubled: ['payment pi_2: dealstage went closedwon, refunded, closedwon; closedwon came twice'],
    })
  })

  it('two webhook ids for one business event', () => {
    const { evidence } = good()
    const entries = [...evidence.app.entries, entry(4, 'payment.recorded', 'pi_1')]
    expect(judge({ ...evidence, app: { ...evidence.app, entries } }).doubled).toEqual([
      'payment pi_1: the app was told payment.recorded 2 times (msg_1, msg_4)',
    ])
  })
})

describe('out of order', () => {
  const swapped = () => {
    const world = written()
    world.deal('pi_2', 'refunded')
    world.deal('pi_2', 'closedwon')
    const { evidence } = good()
    const entries = [entry(1, 'payment.refunded', 'pi_2'), entry(2, 'payment.recorded', 'pi_2')]
    const sent = { signups: [], payments: [{ id: 'pi_2', refunded: true }] }
    const app = { ...evidence.app, entries }
    return (deliveries: DeliveryRecord[]) =>
      judge({ payments: { ...evidence.payments, deliveries }, crm: world.model.ledger(), app, sent })
  }
  const findings = [
    'payment pi_2: dealstage went refunded, closedwon',
    'payment pi_2: the app was told of the refund before the payment',
  ]

  it('when the payment was acknowledged before the refund was sent', () => {
    const deliveries = [delivery('pi_2', 'payment_intent.succeeded', 1, 2), delivery('pi_2', 'charge.refunded', 3, 4)]
    expect(swapped()(deliveries)).toEqual({ ...NOTHING, outOfOrder: findings })
    expect(swapped()([])).toEqual({ ...NOTHING, outOfOrder: findings })
  })

  it('but only stale when the sender left the order open', () => {
    const reversed = [delivery('pi_2', 'payment_intent.succeeded', 3, 4), delivery('pi_2', 'charge.refunded', 1, 2)]
    const together = [delivery('pi_2', 'payment_intent.succeeded', 1, 3), delivery('pi_2', 'charge.refunded', 2, 4)]
    for (const deliveries of [reversed, together]) {
      expect(swapped()(deliveries)).toEqual({ ...NOTHING, stale: findings })
    }
  })
})

it('judges what it is told to expect', () => {
  const { evidence } = good()
  const nothing = { customers: undefined, contacts: undefined, deals: undefined, app: undefined }
  expect(judge({ ...evidence, sent: { signups: [{ id: 'x', email: 'x' }], payments: [] } }, nothing)).toEqual(NOTHING)
  const types = { 'payment_intent.succeeded': 'paid', 'charge.refunded': 'payment.refunded' }
  expect(judge(evidence, { ...EXPECTED, app: { field: 'payment_id', types } }).lost).toEqual([
    'payment pi_1: the app was never told paid',
    'payment pi_2: the app was never told paid',
  ])
})
