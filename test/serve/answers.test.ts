import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { signGithub, signHubspot, signStandard } from '../../src/adapter/signature/index.ts'
import { TielineError } from '../../src/core/error.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { endpoint, type SourceEvent } from '../../src/declare/source/source.ts'
import { createGateway } from '../../src/serve/index.ts'
import { failing, GITHUB_SECRET, github, type Rig, raw, startRig } from './rig.ts'

const event = (id: string): SourceEvent => ({ id, type: 'x', attributes: {}, data: {} })
const list = github({ read: ({ body }) => (body as string[]).map(event) })

const send = (rig: Rig, body: string, headers: Record<string, string> = {}) =>
  rig.post('/in/github', body, {
    'x-hub-signature-256': signGithub(rig.secrets['GITHUB']?.[0] ?? 'x', Buffer.from(body)),
    'x-github-delivery': 'd1',
    ...headers,
  })

describe('what is accepted', () => {
  it('is 202 once it is taken, 200 when it was known, with the bytes as they came', async () => {
    await using rig = await startRig()
    const first = await send(rig, '{ "n": 12345678901234567890 }')
    expect([first.status, first.json]).toEqual([202, { id: 'd1', duplicate: false }])
    const again = await send(rig, '{}')
    expect([again.status, again.json]).toEqual([200, { id: 'd1', duplicate: true }])
    expect(rig.taken[0]?.raw.toString()).toBe('{ "n": 12345678901234567890 }')
    expect(rig.taken[0]?.endpoint.name).toBe('github')
  })

  it('of several events in one request is one list: 202 if any is new', async () => {
    await using rig = await startRig({ endpoints: [list] })
    expect((await send(rig, '["a"]')).json).toEqual({ id: 'a', duplicate: false })
    const some = await send(rig, '["a","b"]')
    const messages = [
      { id: 'a', duplicate: true },
      { id: 'b', duplicate: false },
    ]
    expect([some.status, some.json]).toEqual([202, { messages }])
    expect((await send(rig, '["a","b"]')).status).toBe(200)
    const none = await send(rig, '[]')
    expect([none.status, none.json]).toEqual([200, { messages: [] }])
  })

  it('may come in many chunks, ids may hold any text, a query is no part of the name', async () => {
    await using rig = await startRig({ endpoints: [github({ read: () => [event('é"\n')] })] })
    const body = Buffer.from(JSON.stringify({ text: 'ü'.repeat(200_000) }))
    const answer = await rig.post('/in/github?x=/y', body, { 'x-hub-signature-256': signGithub(GITHUB_SECRET, body) })
    expect([answer.status, answer.json]).toEqual([202, { id: 'é"\n', duplicate: false }])
    expect(rig.taken[0]?.raw.equals(body)).toBe(true)
  })

  it('keeps the trace context of the request, if it is one', async () => {
    await using rig = await startRig()
    const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await send(rig, '{}', { traceparent: good })
    await send(rig, '{}', { traceparent: good.replace('b7ad6b7169203331', '0000000000000000') })
    await send(rig, '{}', { traceparent: `ff${good.slice(2)}` })
    await send(rig, '{}', { traceparent: `01${good.slice(2)}-later` })
    await send(rig, '{}', { traceparent: `${good}-later` })
    const kept = rig.taken.map(({ events }) => events[0]?.attributes['traceparent'])
    expect(kept).toEqual([good, undefined, undefined, `01${good.slice(2)}-later`, undefined])
  })
})

describe('what cannot be taken', () => {
  it('for a broken contract is 422 with the issues', async () => {
    const issues = [{ path: 'data.amount', message: 'expected number' }]
    await using rig = await startRig({ take: async () => ({ as: 'quarantined', id: 'd1', issues }) })
    const answer = await send(rig, '{}')
    expect(answer.status).toBe(422)
    expect(answer.json).toMatchObject({ code: 'CONTRACT_BROKEN', id: 'd1', issues })
  })

  it.each(['STORE_BUSY', 'STORE_FULL', 'STORE_UNAVAILABLE', 'STOPPING'] as const)(
    '%s is 503 with Retry-After',
    async (code) => {
      await using rig = await startRig({
        take: failing(new TielineError(code, 'disk at /made/up', { retryAfterMs: 1_200 })),
      })
      const answer = await send(rig, '{}')
      expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([503, code, '2'])
      expect(answer.text).not.toContain('/made/up')
    },
  )

  it('for a fault of ours is 500, told to the log and not to the sender', async () => {
    await using rig = await startRig({ take: () => Promise.reject(new TypeError('made-up inner thing')) })
    const answer = await send(rig, '{}')
    expect([answer.status, answer.json.code]).toEqual([500, 'UNKNOWN'])
    expect(answer.text).not.toContain('made-up inner thing')
    expect(JSON.stringify(rig.logged)).toContain('made-up inner thing')
  })

  it('for too many events is 413', async () => {
    await using rig = await startRig({ endpoints: [list], limits: { events: 2 } })
    expect((await send(rig, '["a","b","c"]')).json.code).toBe('BODY_TOO_LARGE')
    expect(rig.taken).toEqual([])
  })

  it('for an envelope that the source cannot read is 400', async () => {
    const read = () => {
      throw new TielineError('BODY_MALFORMED', 'id is missing')
    }
    await using rig = await startRig({ endpoints: [github({ read })] })
    expect((await send(rig, '{}')).json).toMatchObject({ status: 400, code: 'BODY_MALFORMED', detail: 'id is missing' })
  })

  it('while too many bytes are on their way is 503', async () => {
    const gate = Promise.withResolvers<void>()
    await using rig = await startRig({
      limits: { heldBytes: 10 },
      take: async ({ events }) => {
        await gate.promise
        return { as: 'accepted', messages: events.map(({ id }) => ({ id, duplicate: false })) }
      },
    })
    const first = send(rig, '{"a":"0123456789"}')
    while (rig.taken.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect((await send(rig, '{}')).json.code).toBe('STORE_BUSY')
    gate.resolve()
    expect((await first).status).toBe(202)
    expect((await send(rig, '{}')).status).toBe(202)
  })
})

describe('secrets', () => {
  it('missing: 503 so that the sender tries again, logged once', async () => {
    await using rig = await startRig()
    for (const values of [[], ['']]) {
      rig.secrets['GITHUB'] = values
      const answer = await rig.post('/in/github', '{}', { 'x-hub-signature-256': signGithub('', Buffer.from('{}')) })
      expect([answer.status, answer.json.code, answer.headers.get('retry-after')]).toEqual([
        503,
        'SECRET_MISSING',
        '30',
      ])
    }
    expect(rig.logged).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ secret: 'GITHUB', source: 'github' }),
      }),
    ])
  })

  it('that cannot be one: 503 too, without its value in the log', async () => {
    const standard = endpoint({
      name: 'standard',
      scheme: 'standard-webhooks',
      secret: secret('STANDARD'),
      read: ({ headers }) => [event(headers['webhook-id'] ?? '')],
    })
    await using rig = await startRig({ endpoints: [standard] })
    const good = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
    const headers = () => {
      const seconds = Math.floor(Date.now() / 1000)
      const signature = signStandard(good, 'msg_1', seconds, Buffer.from('{}'))
      return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds), 'webhook-signature': signature }
    }
    rig.secrets['STANDARD'] = ['whsec_MADEUP']
    expect((await rig.post('/in/standard', '{}', headers())).json.code).toBe('SECRET_MISSING')
    expect(JSON.stringify(rig.logged)).not.toContain('MADEUP')
    rig.secrets['STANDARD'] = [good]
    await expect
      .poll(async () => (await rig.post('/in/standard', '{}', headers())).status, { timeout: 3_000 })
      .toBe(202)
  })

  it('rotate without a restart: the new one is good at once', async () => {
    await using rig = await startRig()
    expect((await send(rig, '{}')).status).toBe(202)
    rig.secrets['GITHUB'] = ['made-up-new', GITHUB_SECRET]
    expect((await send(rig, '{}')).status).toBe(200)
  })
})

describe('hubspot', () => {
  const hubspot = endpoint({
    name: 'hubspot',
    scheme: 'hubspot-v3',
    secret: secret('GITHUB'),
    read: ({ body }) => (body as { eventId: number }[]).map(({ eventId }) => event(String(eventId))),
  })
  const body = '[{"eventId":1},{"eventId":2}]'

  it('is verified against the public address, or the one that a local sender called', async () => {
    await using open = await startRig({ endpoints: [hubspot], publicUrl: 'https://hooks.example.com/' })
    const at = Date.now()
    const signed = (uri: string) => ({
      'x-hubspot-request-timestamp': String(at),
      'x-hubspot-signature-v3': signHubspot(GITHUB_SECRET, 'POST', uri, Buffer.from(body), at),
    })
    const answer = await open.post('/in/hubspot?a=%3A', body, signed('https://hooks.example.com/in/hubspot?a=:'))
    expect([answer.status, answer.json.messages?.length]).toEqual([202, 2])
    expect((await open.post('/in/hubspot', body, signed(`${open.url}/in/hubspot`))).status).toBe(401)
    await using local = await startRig({ endpoints: [hubspot] })
    expect((await local.post('/in/hubspot', body, signed(`${local.url}/in/hubspot`))).status).toBe(202)
  })
})

it('answers Expect: 100-continue only to a request that it will read', async () => {
  await using rig = await startRig()
  const ask = (type: string): Promise<[number | undefined, boolean]> =>
    new Promise((resolve, reject) => {
      let continued = false
      const headers = {
        expect: '100-continue',
        'content-type': type,
        'content-length': 2,
        'x-hub-signature-256': signGithub(GITHUB_SECRET, Buffer.from('{}')),
      }
      const post = request(`${rig.url}/in/github`, { method: 'POST', headers })
      post.on('continue', () => {
        continued = true
        post.end('{}')
      })
      post.on('response', (response) => {
        resolve([response.resume().statusCode, continued])
        post.destroy()
      })
      post.on('error', reject)
      post.flushHeaders()
    })
  expect(await ask('application/json')).toEqual([202, true])
  expect(await ask('text/plain')).toEqual([415, false])
})

it('serves many requests on one connection, pipelined, in order', async () => {
  await using rig = await startRig()
  const body = '{}'
  const one = (id: string) =>
    `POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Hub-Signature-256: ${signGithub(GITHUB_SECRET, Buffer.from(body))}\r\n` +
    `X-GitHub-Delivery: ${id}\r\nContent-Length: 2\r\n\r\n${body}`
  const text = await raw(rig.port, one('a') + one('b') + one('c'), (all) => all.includes('"c"'))
  expect([...text.matchAll(/"id":"(\w)"/g)].map(([, id]) => id)).toEqual(['a', 'b', 'c'])
})

it('survives a sender that goes away in the middle of its body, or before its answer', async () => {
  const gate = Promise.withResolvers<void>()
  await using rig = await startRig({
    take: async ({ events }) => {
      await gate.promise
      return { as: 'accepted', messages: events.map(({ id }) => ({ id, duplicate: false })) }
    },
  })
  const signature = signGithub(GITHUB_SECRET, Buffer.from('{}'))
  const head = `POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Hub-Signature-256: ${signature}\r\n`
  const { connect } = await import('node:net')
  const half = connect(rig.port, '127.0.0.1', () =>
    half.write(`${head}Content-Length: 9\r\n\r\n{`, () => half.destroy()),
  )
  const gone = connect(rig.port, '127.0.0.1', () => gone.write(`${head}Content-Length: 2\r\n\r\n{}`))
  while (rig.taken.length === 0) await new Promise((resolve) => setImmediate(resolve))
  gone.destroy()
  gate.resolve()
  const metrics = async (): Promise<string> => (await rig.get('/metrics')).text
  await expect.poll(metrics).toContain('http_server_active_requests 1\n')
  expect(await metrics()).toContain('tieline_gateway_held_bytes 0\n')
})

describe('declarations that cannot be served are refused at the start', () => {
  const make = (...endpoints: Parameters<typeof createGateway>[0]['endpoints'][number][]) =>
    createGateway({ endpoints } as unknown as Parameters<typeof createGateway>[0])

  it('one name twice, no secret', () => {
    expect(() => make(github(), github())).toThrow('source github is declared twice')
    expect(() => make(endpoint({ name: 's', scheme: 'stripe', read: () => [] }))).toThrow(
      'the scheme stripe needs a secret',
    )
  })

  it('an address in use', async () => {
    await using rig = await startRig()
    await expect(startRig({ port: rig.port })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
