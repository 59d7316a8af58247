import { CloudEvent, HTTP } from 'cloudevents'
import { expect, it } from 'vitest'
import { secret } from '../../src/declare/secret/secret.ts'
import { endpoint } from '../../src/declare/source/source.ts'
import { raw, startRig } from './rig.ts'

const open = endpoint({ name: 'app', scheme: 'cloudevents', read: () => [] })
const closed = endpoint({ ...open, secret: secret('APP'), publicUrl: 'https://x.example' } as Parameters<
  typeof endpoint
>[0])
const event = (id: string) => new CloudEvent({ id, source: '/app', type: 'customer.signed-up', data: { n: 1 } })

it('takes what the SDK sends, binary and structured, at /events and at its own name', async () => {
  await using rig = await startRig({ endpoints: [open] })
  const send = (path: string, { headers, body }: { headers: object; body: unknown }) =>
    rig.post(path, body as string, headers as Record<string, string>)
  expect((await send('/events', HTTP.binary(event('b')))).json).toEqual({ id: 'b', duplicate: false })
  expect((await send('/events', HTTP.structured(event('s')))).status).toBe(202)
  expect((await send('/in/app', HTTP.structured(event('s')))).json).toEqual({ id: 's', duplicate: true })
  expect(rig.taken.map(({ events }) => events[0]?.identity)).toEqual(['/app b', '/app s', '/app s'])
  expect(rig.taken[0]?.endpoint.name).toBe('app')
})

it('answers a batch as a list, however many', async () => {
  await using rig = await startRig({ endpoints: [open] })
  const batch = (...ids: string[]) =>
    rig.post('/events', JSON.stringify(ids.map((id) => event(id).toJSON())), {
      'content-type': 'application/cloudevents-batch+json',
    })
  expect((await batch('a')).json).toEqual({ messages: [{ id: 'a', duplicate: false }] })
  expect((await batch('a', 'b')).json.messages).toHaveLength(2)
  const none = await batch()
  expect([none.status, none.json]).toEqual([200, { messages: [] }])
  expect(rig.taken).toHaveLength(2)
})

it('gives an event the trace of its request unless it has its own', async () => {
  await using rig = await startRig({ endpoints: [open] })
  const own = '00-11111111111111111111111111111111-2222222222222222-01'
  const request = '00-33333333333333333333333333333333-4444444444444444-00'
  const send = (more: object) =>
    rig.post('/events', JSON.stringify({ ...event('t').toJSON(), ...more }), {
      'content-type': 'application/cloudevents+json',
      traceparent: request,
    })
  await send({})
  await send({ traceparent: own })
  await send({ traceparent: 'junk' })
  expect(rig.taken.map(({ events }) => events[0]?.attributes['traceparent'])).toEqual([request, own, request])
})

it('asks for its token where it has one', async () => {
  await using rig = await startRig({ endpoints: [closed] })
  rig.secrets['APP'] = ['made-up-new', 'made-up-old']
  const { headers, body } = HTTP.structured(event('x'))
  const send = (more: Record<string, string>) =>
    rig.post('/events', body as string, { ...(headers as Record<string, string>), ...more })
  const none = await send({})
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  expect((await send({ authorization: 'Bearer wrong' })).json.reason).toBe('mismatch')
  expect((await send({ authorization: 'Bearer made-up-old' })).status).toBe(202)
  expect((await send({ authorization: 'Bearer made-up-new' })).status).toBe(200)
})

it('refuses what it cannot read: 400 and 415', async () => {
  await using rig = await startRig({ endpoints: [open] })
  expect((await rig.post('/events', '{}')).json.code).toBe('BODY_MALFORMED')
  const avro = await rig.post('/events', '{}', { 'content-type': 'application/cloudevents+avro' })
  expect([avro.status, avro.json.code]).toEqual([415, 'CONTENT_TYPE_REFUSED'])
  const twice = await raw(
    rig.port,
    'POST /events HTTP/1.1\r\nHost: x\r\nce-id: 1\r\nce-id: 2\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  )
  expect(twice).toMatch(/^HTTP\/1\.1 400 .*the header ce-id is there more than once/s)
  expect(rig.taken).toEqual([])
})
