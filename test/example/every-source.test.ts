import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folder } from '../crash/folder.ts'
import { type Answer, type Runtime, startRuntime } from './runtime.ts'
import { cloudEvent, type Event, hubspotEvents, PUBLIC_URL, SECRETS, SENDERS, sender, stripeEvent } from './senders.ts'
import { type Sink, startSink } from './sink.ts'

const here = folder()
let sink: Sink
let runtime: Runtime

beforeAll(async () => {
  sink = await startSink()
  const TIELINE_STORE = `sqlite:${here.file('tieline.db')}`
  runtime = await startRuntime('every-source', {
    ...SECRETS,
    TIELINE_STORE,
    SINK_URL: sink.url,
    TIELINE_PUBLIC_URL: PUBLIC_URL,
  })
})
afterAll(async () => {
  await runtime[Symbol.asyncDispose]()
  await sink[Symbol.asyncDispose]()
  here[Symbol.dispose]()
})

interface Spoilt {
  readonly secret?: string
  readonly atMs?: number
  /** What is sent in place of what was signed. */
  readonly body?: Uint8Array
}

/** Signs and posts. */
async function send(name: string, event: Event, spoilt: Spoilt = {}): Promise<Answer> {
  const from = sender(name)
  const { secret = from.secrets?.[0] ?? '', atMs = Date.now(), body = event.body } = spoilt
  return runtime.post(event.path, body, { ...event.headers, ...(await from.sign(secret, event, atMs)) })
}

const idOf = (event: Event): string => event.delivery.id
const called = (id: string) => sink.until(() => sink.of(id).length > 0)

test('ready: the line names address, process and time, and the address answers', async () => {
  expect(runtime.ready).toEqual({ ready: true, url: runtime.url, ms: expect.any(Number), pid: expect.any(Number) })
  expect((await runtime.get('/health/ready')).status).toBe(200)
  expect((await runtime.get('/health/live')).status).toBe(200)
})

describe.each(SENDERS)('$name', ({ name, secrets, stamped, event }) => {
  test('accepted, delivered once as it is, and a repeat is a duplicate', async () => {
    const first = event('first')
    const { delivery } = first
    const answer = await send(name, first)
    expect([answer.status, answer.json]).toEqual([202, { id: delivery.id, duplicate: false }])
    await called(delivery.id)
    const again = await send(name, first)
    expect([again.status, again.json]).toEqual([200, { id: delivery.id, duplicate: true }])
    await send(name, event('second'))
    await called(idOf(event('second')))
    const [call, ...more] = sink.of(delivery.id)
    expect(more).toEqual([])
    expect(call).toMatchObject({ path: `/${delivery.source}`, body: delivery, attempt: 1 })
    expect(Object.keys(call?.body ?? {})).toEqual(['source', 'id', 'type', 'key', 'data'])
    expect(call?.idempotencyKey).toMatch(/^\S{16,255}$/)
    expect(sink.of(idOf(event('second')))[0]?.idempotencyKey).not.toBe(call?.idempotencyKey)
  })

  if (secrets === undefined) return

  async function expectRefused(made: Event, spoilt: Spoilt, reason: string): Promise<void> {
    const { status, json, headers } = await send(name, made, spoilt)
    expect([status, json.code, json.reason]).toEqual([401, 'SIGNATURE_REFUSED', reason])
    expect(headers['content-type']).toBe('application/problem+json')
  }

  test('both secrets of a rotation are accepted', async () => {
    for (const [i, secret] of secrets.entries()) {
      expect((await send(name, event(`rotation${i}`), { secret })).status).toBe(202)
    }
  })

  test('refused: one changed byte, a wrong secret', async () => {
    const made = event('refused')
    const { length } = Buffer.from(made.body)
    for (const at of [0, 1, length >> 1, length - 2, length - 1]) {
      const body = Buffer.from(made.body)
      body[at]! ^= 1
      await expectRefused(made, { body }, 'mismatch')
    }
    await expectRefused(made, { body: Buffer.from(`${made.body} `) }, 'mismatch')
    const other = `whsec_${Buffer.from('a secret of nobody else!').toString('base64')}`
    await expectRefused(made, { secret: other }, 'mismatch')
    expect((await send(name, made)).status).toBe(202) // nothing of the refused ones was taken in
  })

  if (!stamped) return

  test('refused: a stale and a future stamp', async () => {
    const made = event('stamped')
    await expectRefused(made, { atMs: Date.now() - 302_000 }, 'stale')
    await expectRefused(made, { atMs: Date.now() + 302_000 }, 'future')
    expect((await send(name, made, { atMs: Date.now() - 290_000 })).status).toBe(202)
  })
})

describe('several events in one request', () => {
  test('HubSpot: one list, all delivered, repeats told apart', async () => {
    const made = hubspotEvents(1, 2, 3)
    const { status, json } = await send('hubspot', made)
    const ids = made.deliveries.map(({ id }) => id)
    expect([status, json]).toEqual([202, { messages: ids.map((id) => ({ id, duplicate: false })) }])
    await sink.until(() => ids.every((id) => sink.of(id).length > 0))
    expect(ids.map((id) => sink.of(id)[0]?.body)).toEqual(made.deliveries)
    const mixed = await send('hubspot', hubspotEvents(3, 4))
    expect([mixed.status, mixed.json.messages.map((one: { duplicate: boolean }) => one.duplicate)]).toEqual([
      202,
      [true, false],
    ])
    expect((await send('hubspot', made)).status).toBe(200)
  })

  test('HubSpot: all or none', async () => {
    const good = hubspotEvents(5)
    const body = JSON.stringify([...JSON.parse(good.body), { eventId: 6 }])
    expect((await send('hubspot', { ...good, body })).json.code).toBe('BODY_MALFORMED')
    expect((await send('hubspot', good)).json.duplicate).toBe(false)
  })

  test('a batch of CloudEvents', async () => {
    const batch = (...events: readonly object[]) =>
      runtime.post('/events', JSON.stringify(events), { 'content-type': 'application/cloudevents-batch+json' })
    const [a, b] = [cloudEvent('batch_a'), cloudEvent('batch_b')]
    expect((await batch(a.toJSON(), { ...b.toJSON(), type: '' })).status).toBe(400)
    const { status, json } = await batch(a.toJSON(), b.toJSON())
    const messages = [
      { id: 'ce_batch_a', duplicate: false },
      { id: 'ce_batch_b', duplicate: false },
    ]
    expect([status, json]).toEqual([202, { messages }])
    await Promise.all([called('ce_batch_a'), called('ce_batch_b')])
    expect(sink.of('ce_batch_b')[0]?.body).toEqual({
      source: 'events',
      id: 'ce_batch_b',
      type: 'order.placed',
      key: 'order batch_b',
      data: { n: 'batch_b' },
    })
  })
})

test('the ordering key is the customer, else the object; the subject, else the message', async () => {
  const keyOf = async (id: string): Promise<string | undefined> => {
    await called(id)
    return sink.of(id)[0]?.body.key
  }
  await send('stripe', stripeEvent('with', 'cus_1'))
  expect(await keyOf('evt_with')).toBe('cus_1')
  const without = stripeEvent('without')
  const { customer: _, ...object } = JSON.parse(without.body).data.object
  await send('stripe', { ...without, body: JSON.stringify({ ...JSON.parse(without.body), data: { object } }) })
  expect(await keyOf('evt_without')).toBe('pi_without')
  const structured = { 'content-type': 'application/cloudevents+json' }
  const { subject, ...bare } = { ...cloudEvent('bare').toJSON(), subject: undefined }
  await runtime.post('/events', JSON.stringify(bare), structured)
  expect([subject, await keyOf('ce_bare')]).toEqual([undefined, 'ce_bare'])
})

test('the contracts are open: the own required fields of the envelope and nothing more', async () => {
  const before = await runtime.status()
  const made = stripeEvent('open')
  const extended = { ...JSON.parse(made.body), type: 'nobody.has_heard_of.this', account: 'acct_1' }
  expect((await send('stripe', { ...made, body: JSON.stringify(extended) })).status).toBe(202)
  await called('evt_open')
  expect(sink.of('evt_open')[0]?.body.data).toEqual(extended)
  const { created: _, ...broken } = { ...JSON.parse(made.body), id: 'evt_broken' }
  const refused = await send('stripe', { ...made, body: JSON.stringify(broken) })
  expect([refused.status, refused.json.code, refused.json.issues]).toEqual([
    422,
    'CONTRACT_BROKEN',
    [expect.objectContaining({ path: 'created' })],
  ])
  expect((await runtime.status()).quarantined).toBe(before.quarantined + 1)
})

test('the status counts what this file has sent', async () => {
  const { accepted, duplicates, ...status } = await runtime.settled()
  expect(status).toMatchObject({ pending: 0, delivered: accepted, skipped: 0, dead: 0, quarantined: 1 })
  expect(sink.calls).toHaveLength(accepted)
  expect(new Set(sink.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(accepted)
  expect(duplicates).toBe(SENDERS.length + 4)
})

test('it drains and ends with 0', async () => {
  expect(await runtime.stop()).toBe(0)
})
