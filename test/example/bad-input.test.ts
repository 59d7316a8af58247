import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type Runtime, startRuntime } from './runtime.ts'
import { type Event, SECRETS, sender, stripeEvent } from './senders.ts'
import { type Sink, startSink } from './sink.ts'

let sink: Sink
let runtime: Runtime
beforeAll(async () => {
  sink = await startSink()
  runtime = await startRuntime('every-source', { ...SECRETS, SINK_URL: sink.url, TIELINE_STORE: 'memory:' })
})
afterAll(async () => {
  await runtime[Symbol.asyncDispose]()
  await sink[Symbol.asyncDispose]()
})

const stripe = sender('stripe')
const made = stripeEvent('bad')
const signature = async (event: Event, atMs = Date.now()) => stripe.sign(stripe.secrets?.[0] ?? '', event, atMs)

/** Signed as it is, so that only what is wrong with it can be the reason. */
async function signed(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return runtime.post(made.path, body, { ...made.headers, ...(await signature({ ...made, body })), ...headers })
}

/** Bytes over a socket, and all that is answered. */
async function raw(bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(runtime.url).port), '127.0.0.1').end(bytes)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

/** Any bytes, signed by Shopify's algorithm: no SDK signs what is no text. */
function rawPost(body: Buffer, ...lines: readonly string[]): Promise<string> {
  const secret = sender('shopify').secrets?.[0] ?? ''
  const head = [
    'POST /in/shopify HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    'X-Shopify-Webhook-Id: wh_raw',
    'X-Shopify-Topic: orders/create',
    `X-Shopify-Hmac-SHA256: ${createHmac('sha256', secret).update(body).digest('base64')}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
    ...lines,
  ]
  return raw(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
}

const BAD: readonly [name: string, status: number, code: string, ask: () => Promise<Answer>][] = [
  ['truncated JSON', 400, 'BODY_MALFORMED', () => signed(made.body.slice(0, -3))],
  ['10,000-deep JSON', 400, 'BODY_MALFORMED', () => signed('['.repeat(10_000) + ']'.repeat(10_000))],
  ['10 MB', 413, 'BODY_TOO_LARGE', () => signed(`"${'x'.repeat(10 << 20)}"`)],
  ['a wrong signature', 401, 'SIGNATURE_REFUSED', () => signed(made.body, { 'stripe-signature': 't=1,v1=00' })],
  ['a wrong content type', 415, 'CONTENT_TYPE_REFUSED', () => signed(made.body, { 'content-type': 'text/xml' })],
  ['an unknown source', 404, 'NOT_FOUND', () => runtime.post('/in/nobody', made.body, made.headers)],
  [
    'a replayed stamp',
    401,
    'SIGNATURE_REFUSED',
    async () =>
      runtime.post(made.path, made.body, { ...made.headers, ...(await signature(made, Date.now() - 400_000)) }),
  ],
]

test.each(BAD)('%s: %d, as a problem', async (_, status, code, ask) => {
  const answer = await ask()
  expect([answer.status, answer.json.code]).toEqual([status, code])
  expect(answer.headers['content-type']).toBe('application/problem+json')
})

test('invalid UTF-8 and a header that is there twice: 400', async () => {
  const body = Buffer.from('{"name":"Zoe"}')
  const invalid = Buffer.from(body)
  invalid[9] = 0xff
  expect(await rawPost(invalid)).toMatch(/^HTTP\/1\.1 400 .*BODY_MALFORMED/s)
  expect(await rawPost(body, 'X-Shopify-Hmac-SHA256: x')).toMatch(/^HTTP\/1\.1 400 .*HEADERS_REFUSED/s)
})

test('after all of that, and beside a hundred senders that never finish, a good one is served; nothing bad was taken', async () => {
  const slow = Array.from({ length: 100 }, () => connect(Number(new URL(runtime.url).port), '127.0.0.1'))
  for (const socket of slow) socket.on('error', () => {}).write('POST /in/stripe HTTP/1.1\r\nHost: x\r\nContent-Le')
  expect((await signed(made.body)).status).toBe(202)
  await sink.until(() => sink.calls.length > 0)
  expect(await runtime.settled()).toMatchObject({ accepted: 1, delivered: 1, quarantined: 0, dead: 0 })
  expect((await runtime.get('/health/ready')).status).toBe(200)
  for (const socket of slow) socket.destroy()
})
