import type { Claimed, NewMessage, Outcome, Store } from '../../src/port/store.ts'

const FAULT = { code: 'PROVIDER_BUSY', message: 'busy \u0000 "x"', retryable: true, fingerprint: 'PROVIDER_BUSY: busy' }
export const HOUR = 3_600_000

export function message(id: string, more: Partial<NewMessage> = {}): NewMessage {
  const deliveries = [{ flow: 'orders', key: `k${id.length % 3}`, effect: `e-${id}` }]
  return {
    source: 'shop',
    id,
    type: 'order.placed',
    attributes: {},
    body: Buffer.from(`{"id":"${id}"}`),
    deliveries,
    ...more,
  }
}

/** Claims until each of these messages has been seen, and ends it as is said; everything else goes back as it was. */
export async function settle(
  store: Store,
  ends: Readonly<Record<string, (work: Claimed) => Outcome[]>>,
): Promise<void> {
  const missing = new Set(Object.keys(ends))
  for (let round = 0; missing.size > 0 && round < 400; round++) {
    const claimed = await store.claim({
      flows: ['orders', 'audit', 'saga'],
      owner: 'filler',
      limit: 100,
      leaseMs: 60_000,
    })
    const outcomes = claimed.flatMap((work) => {
      const name = `${work.flow} ${work.message.id}`
      const end = missing.delete(name) ? ends[name] : undefined
      return end ? end(work) : [{ lease: work.lease, as: 'wait', afterMs: 0, why: '' } as const]
    })
    if (outcomes.length > 0) await store.settle(outcomes)
    else await new Promise((resolve) => setTimeout(resolve, 10))
  }
  if (missing.size > 0) throw new Error(`never claimed: ${[...missing].join(', ')}`)
}

const done = (work: Claimed): Outcome[] => [{ lease: work.lease, as: 'done' }]

/** One of everything that a store can hold. Work is pending, waiting, in a saga, done, skipped, dead, discarded, quarantined. */
export async function fill(store: Store): Promise<void> {
  const on = (flow: string, key: string, id: string) => ({ flow, key, effect: `${flow} ${id}` })
  const ofTenant = (tenant: string, key: string, id: string) => ({ ...on('orders', key, id), tenant })
  const odd = { time: '2026-01-01T00:00:00Z', note: 'nul \u0000 and ünicode 🚚' }
  await store.accept([
    message('many', {
      deliveries: [on('orders', 'a', '1'), on('audit', 'a\u0000b', '1'), on('saga', 's', '1')],
      attributes: odd,
    }),
    message('none', { deliveries: [] }),
    message('empty body', { body: new Uint8Array(), deliveries: [on('orders', 'empty', '2')] }),
    message('later', { delayMs: HOUR, deliveries: [on('orders', 'later', '3')] }),
    message('hold', { deliveries: [on('orders', 'held', '4')] }),
    message('behind', { deliveries: [on('orders', 'held', '5')] }),
    message('release', { deliveries: [on('orders', 'free', '6')] }),
    message('retried', { deliveries: [on('orders', 'retried', '7')] }),
    message('waits', { deliveries: [on('orders', 'waits', '8')] }),
    message('skipped', { deliveries: [on('audit', 'x', '9')] }),
    message('edited', { deliveries: [on('orders', 'edited', '10'), on('audit', 'edited', '10')] }),
    message('buried', { deliveries: [on('orders', 'buried', '11')] }),
    message('dropped', { deliveries: [on('orders', 'dropped', '12')] }),
    message('bytes', {
      body: Uint8Array.from({ length: 70_000 }, (_, i) => i * 7),
      deliveries: [on('orders', 'bytes', '13')],
    }),
    message('nul \u0000 id', { source: 'bank', type: 't\u0000', deliveries: [on('orders', 'nul', '14')] }),
    message('of acme', { deliveries: [ofTenant('acme', 'a', '17')] }),
    message('of acme, done', { deliveries: [ofTenant('acme', 'b', '18')] }),
    message('of acme, dead', { deliveries: [ofTenant('acme', 'c', '19')] }),
    message('of nul \u0000', { deliveries: [ofTenant('nul \u0000 🚚', 'a', '20')] }),
    message('of acme too', { deliveries: [ofTenant('acme', 'a', '21')] }),
    message('bad of beta', { quarantine: FAULT, deliveries: [ofTenant('beta', 'bad', '22')] }),
    message('bad', { quarantine: FAULT, deliveries: [] }),
    message('bad too', { quarantine: FAULT, deliveries: [on('orders', 'bad', '15'), on('audit', 'bad', '15')] }),
    message('bad once', { quarantine: FAULT, deliveries: [on('orders', 'bad once', '16')] }),
  ])
  await store.accept([message('many'), message('none')])
  await settle(store, {
    'orders many': done,
    'orders of acme, done': done,
    'orders of acme, dead': (work) => [{ lease: work.lease, as: 'dead', fault: FAULT, lane: 'hold' }],
    'orders hold': (work) => [{ lease: work.lease, as: 'dead', fault: FAULT, lane: 'hold' }],
    'orders release': (work) => [{ lease: work.lease, as: 'dead', fault: FAULT, lane: 'release' }],
    'orders retried': (work) => [{ lease: work.lease, as: 'retry', afterMs: HOUR, fault: FAULT }],
    'orders waits': (work) => [{ lease: work.lease, as: 'wait', afterMs: HOUR, why: 'gate \u0000 closed' }],
    'audit skipped': (work) => [{ lease: work.lease, as: 'skip', why: 'not ours' }],
    'orders edited': (work) => [{ lease: work.lease, as: 'dead', fault: FAULT, lane: 'release' }],
    'audit edited': done,
    'orders nul \u0000 id': (work) => [{ lease: work.lease, as: 'done', emit: [message('emitted')] }],
  })
  await saga(store)
  await byHand(store)
  const [controls] = await store.read(['controls'])
  await store.write([{ key: 'controls', expected: controls?.version ?? 0, body: '{"pauses":[]}' }])
  await store.write([{ key: 'controls', expected: 1, body: '{"pauses":["x"]}' }])
  await store.write([{ key: 'leader', expected: 0, body: 'me', expiresInMs: HOUR }])
}

/** One step is done, one has begun. */
async function saga(store: Store): Promise<void> {
  for (;;) {
    const [work] = await store.claim({ flows: ['saga'], owner: 'filler', limit: 1, leaseMs: 60_000 })
    if (!work) continue
    const { lease } = work
    await store.append([{ lease, position: 0, step: 'reserve', kind: 'begun' }])
    await store.append([{ lease, position: 1, step: 'reserve', kind: 'done', result: '{"room":"\u00fc"}' }])
    await store.append([{ lease, position: 2, step: 'charge', kind: 'begun' }])
    await store.settle([{ lease, as: 'retry', afterMs: 0, fault: FAULT }])
    return
  }
}

async function byHand(store: Store): Promise<void> {
  const work = async (id: string, flow = 'orders'): Promise<string> => {
    const { items } = await store.find({ id, flow, limit: 10 })
    return items[0]!.work
  }
  await store.move([
    { work: await work('edited'), to: 'ready', why: 'fixed', body: Buffer.from('{"fixed":true}') },
    { work: await work('bad once'), to: 'ready', why: 'accepted as it is' },
    { work: await work('buried'), to: 'dead', why: 'in the way' },
    { work: await work('dropped'), to: 'discard', why: 'a test' },
  ])
}
