import { createSecretKey } from 'node:crypto'
import type { History, Scenario, Send, Stage, Subject } from 'tieline/testing'
import { standardKey, standardMac } from '../../../../src/adapter/signature/standard-webhooks.ts'
import { type Depot, depot } from './depot.ts'
import { bookings, charges, DEPOT_URL, fulfilments, SHOP_SECRET } from './flows.ts'
import { relay } from './relay.ts'

const SECRET = 'whsec_c2ltdWxhdGVkLXNob3Atc2lnbmluZy1zZWNyZXQ='
const KEY = createSecretKey(standardKey(SECRET))
const CUSTOMERS = ['ada', 'bob', 'eve']

/** A shop sends orders that are charged, packed orders that are fulfilled in steps, and some that nobody can read. */
export const orders: Scenario = {
  name: 'orders',
  flows: [charges, bookings, fulfilments],
  secrets: { [SHOP_SECRET]: [SECRET] },
  cast: (stage) => {
    const model = depot(stage)
    return {
      providers: { [DEPOT_URL]: model.provider },
      sends: sends(stage),
      subject: ({ body }): Subject => JSON.parse(String(body)) as Subject,
      workers: stage.random() < 0.3 ? [relay] : [],
      judge: (works) => judge(stage, model, works),
    }
  },
}

/** A saga is whole or undone; what was refused only at first has been delivered in the end; what was owed has been emitted. */
function judge(stage: Stage, { reserved, shipped }: Depot, works: readonly History[]): void {
  const ids = new Set(works.map(({ id }) => id))
  for (const { flow, id, state, body } of works) {
    const delivered = state === 'delivered'
    if (flow === 'relay' && delivered && !ids.has(`${id}-on`)) stage.fail('emission lost', `${id} is settled`)
    if (flow === 'fulfilments') {
      const [has, left] = [reserved.has(id), shipped.has(id)]
      const whole = delivered ? has && left : !has && !left
      if (!whole) stage.fail('half a saga', `${id} is ${state}, reserved ${has}, shipped ${left}`)
    }
    const hopeless = state === 'quarantined' || Buffer.from(body ?? []).includes('"refused":"always"')
    if (!delivered && !hopeless) stage.fail('given up', `${flow} ${id} is ${state}`)
  }
}

function sends(stage: Stage): readonly Send[] {
  const count = 3 + Math.floor(stage.random() * 7)
  return Array.from({ length: count }, (_, i): Send => {
    const id = `o${i}`
    const type = stage.random() < 0.5 ? 'order.placed' : 'order.packed'
    const broken = i === 1 && stage.random() < 0.3
    const order = {
      id,
      customer: CUSTOMERS[Math.floor(stage.random() * CUSTOMERS.length)],
      amount: broken ? 'much' : 100 + i,
      refused: i === 2 ? (stage.random() < 0.5 ? 'once' : 'always') : 'never',
    }
    const body = Buffer.from(JSON.stringify({ type, ...order }))
    return {
      source: 'shop',
      name: `${id} ${type}${order.refused === 'never' ? '' : ` refused ${order.refused}`}${broken ? ' broken' : ''}`,
      atMs: i * 300,
      request: (nowMs) => ({ headers: headers(id, nowMs, body), body }),
      ...(broken ? { expected: 'quarantined' } : {}),
    }
  })
}

function headers(id: string, nowMs: number, body: Uint8Array): Readonly<Record<string, string>> {
  const seconds = Math.floor(nowMs / 1_000)
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${standardMac(KEY, id, String(seconds), body)}`,
  }
}
