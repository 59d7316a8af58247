import { request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signGithub, signStripe } from '../../src/adapter/signature/index.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { endpoint } from '../../src/declare/source/source.ts'
import { type Answer, GITHUB_SECRET, github, type Rig, raw, startRig } from './rig.ts'

const STRIPE_SECRET = 'whsec_made_up'

let rig: Rig
beforeAll(async () => {
  const stripe = endpoint({
    name: 'stripe',
    scheme: 'stripe',
    secret: secret('STRIPE'),
    maxBytes: 4_096,
    read: ({ body }) => [{ id: (body as { id: string }).id, type: 'x', attributes: {}, data: body }],
  })
  rig = await startRig({ endpoints: [github(), stripe] })
  rig.secrets['STRIPE'] = [STRIPE_SECRET]
})
afterAll(() => rig[Symbol.asyncDispose]())

/** Posts a body that is signed as it is, so that only what is wrong with it can be the reason. */
const signed = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
  rig.post('/in/github', body, {
    'x-hub-signature-256': signGithub(GITHUB_SECRET, Buffer.from(body as string)),
    'x-github-delivery': 'd1',
    ...headers,
  })

const stripe = (body: string, seconds: number): Promise<Answer> =>
  rig.post('/in/stripe', body, { 'stripe-signature': signStripe(STRIPE_SECRET, seconds, Buffer.from(body)) })

/** Nothing bad is taken in, nothing of a body or a secret is told back, and every no is a problem. */
function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.json?.code }).toEqual({ status, code })
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.json).toMatchObject({
    type: 'about:blank',
    title: expect.any(String),
    status,
    detail: expect.any(String),
  })
  expect(answer.text).not.toContain('TOP-SECRET')
  expect(answer.text).not.toContain(GITHUB_SECRET)
  expect(rig.taken).toEqual([])
}

describe('a body that is not what it should be', () => {
  it('truncated JSON: 400', async () => {
    expectProblem(await signed('{"a":"TOP-SECRET", "b":'), 400, 'BODY_MALFORMED')
  })
  it('broken JSON: 400, with the place and without the text', async () => {
    const answer = await signed('{"a":"x" TOP-SECRET}')
    expectProblem(answer, 400, 'BODY_MALFORMED')
    expect(answer.json.detail).toMatch(/position 9/)
  })
  it('empty: 400', async () => {
    expectProblem(await signed(''), 400, 'BODY_MALFORMED')
  })
  it('10,000 levels deep: 400', async () => {
    expectProblem(await signed('['.repeat(10_000) + ']'.repeat(10_000)), 400, 'BODY_MALFORMED')
  })
  it('invalid UTF-8: 400', async () => {
    expectProblem(await signed(Buffer.from([0x22, 0xc3, 0x28, 0x22])), 400, 'BODY_MALFORMED')
  })
  it.each(['{"__proto__":{"admin":true}}', '{"a":[{"\\u005f_proto__":1}]}'])(
    'key __proto__: 400 (%s)',
    async (body) => {
      expectProblem(await signed(body), 400, 'BODY_MALFORMED')
    },
  )
  it('10 MB, announced: 413 before it is read', async () => {
    expectProblem(await signed(Buffer.alloc(10 * 1_048_576, 0x20)), 413, 'BODY_TOO_LARGE')
  })
  it('10 MB in chunks, unannounced: 413', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const post = request(`${rig.url}/in/github`, { method: 'POST', headers: { 'content-type': 'application/json' } })
      post.on('response', (response) => resolve(response.resume().statusCode))
      post.on('error', reject)
      for (let i = 0; i < 10; i++) post.write(Buffer.alloc(1_048_576, 0x20))
      post.end()
    })
    expect(status).toBe(413)
    expect(rig.taken).toEqual([])
  })
  it('a sender that never ends its refused body is cut', async () => {
    const head = 'POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n'
    const block = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')])
    const sent = await new Promise<number>((resolve) => {
      let blocks = 0
      const socket = connect(rig.port, '127.0.0.1')
      const more = (): void => {
        while (!socket.destroyed && blocks < 2_000 && socket.write(block)) blocks++
      }
      socket.write(head, more)
      socket.on('drain', more)
      socket.on('error', () => {})
      socket.on('close', () => resolve(blocks * 65_536))
      socket.resume()
    })
    expect(sent).toBeLessThan(2_000 * 65_536)
  })
})

describe('headers that are not what they should be', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=iso-8859-1', 'jsonx'])(
    'content type %s: 415',
    async (type) => {
      expectProblem(await signed('{}', { 'content-type': type }), 415, 'CONTENT_TYPE_REFUSED')
    },
  )
  it.each(['application/json;charset=UTF-8', 'Application/JSON ; x=y', 'application/vnd.api+json'])(
    'content type %s is JSON',
    async (type) => {
      expect((await signed('{}', { 'content-type': type })).status).toBeLessThan(300)
      rig.taken.length = 0
    },
  )
  it('a compressed body: 415', async () => {
    const answer = await signed(gzipSync('{}'), { 'content-encoding': 'gzip' })
    expectProblem(answer, 415, 'CONTENT_TYPE_REFUSED')
  })
  it.each(['X-Hub-Signature-256: sha256=00', 'x-hub-signature-256: ', 'Content-Type: application/json', 'Host: y'])(
    'twice %s: 400',
    async (line) => {
      const signature = signGithub(GITHUB_SECRET, Buffer.from('{}'))
      const answer = await raw(
        rig.port,
        `POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Hub-Signature-256: ${signature}\r\n${line}\r\n` +
          'Connection: close\r\nContent-Length: 2\r\n\r\n{}',
      )
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(answer).toContain('HEADERS_REFUSED')
      expect(rig.taken).toEqual([])
    },
  )
  it('two lengths, or a length and chunks (request smuggling): 400', async () => {
    for (const lines of ['Content-Length: 2\r\nContent-Length: 3', 'Content-Length: 2\r\nTransfer-Encoding: chunked']) {
      const answer = await raw(rig.port, `POST /in/github HTTP/1.1\r\nHost: x\r\n${lines}\r\n\r\n{}`)
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(answer).toContain('application/problem+json')
    }
  })
  it('too many: 431', async () => {
    const many = Array.from({ length: 101 }, (_, i) => [`x-${i}`, 'y'] as const)
    expectProblem(await signed('{}', Object.fromEntries(many)), 431, 'HEADERS_REFUSED')
  })
  it('too large: 431', async () => {
    const answer = await raw(rig.port, `POST /in/github HTTP/1.1\r\nHost: x\r\nx-big: ${'y'.repeat(17_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toContain('HEADERS_REFUSED')
  })
  it('no Host: 400; HTTP/1.0 needs none', async () => {
    const head = (version: string): string => `GET /health/live HTTP/${version}\r\nConnection: close\r\n\r\n`
    const answer = await raw(rig.port, head('1.1'))
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"HEADERS_REFUSED"/s)
    expect(await raw(rig.port, head('1.0'))).toMatch(/^HTTP\/1\.1 200 /)
  })
  it.each([
    ['100-continue', '1.1', /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /],
    ['100-continue', '1.0', /^HTTP\/1\.1 401 /],
    ['200-ok', '1.1', /^HTTP\/1\.1 401 /],
  ])('expecting %s, by HTTP/%s', async (expected, version, wanted) => {
    const lines = `Host: x\r\nContent-Type: application/json\r\nExpect: ${expected}\r\nConnection: close\r\nContent-Length: 2`
    expect(await raw(rig.port, `POST /in/github HTTP/${version}\r\n${lines}\r\n\r\n{}`)).toMatch(wanted)
  })
  it('no HTTP at all: 400', async () => {
    expect(await raw(rig.port, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"code":"REQUEST_INVALID"/s)
  })
})

describe('a sender that is not genuine', () => {
  it('wrong signature, unsigned, wrong secret: 401 with the reason', async () => {
    const wrong = await signed('{}', { 'x-hub-signature-256': signGithub('other', Buffer.from('{}')) })
    expectProblem(wrong, 401, 'SIGNATURE_REFUSED')
    expect(wrong.json.reason).toBe('mismatch')
    expect(wrong.headers.get('www-authenticate')).toBe('Signature scheme="github"')
    const none = await rig.post('/in/github', '{}')
    expectProblem(none, 401, 'SIGNATURE_REFUSED')
    expect(none.json.reason).toBe('missing')
  })
  it('replayed and future stamps: 401', async () => {
    const seconds = Date.now() / 1000
    const stale = await stripe('{"id":"evt_1"}', seconds - 301)
    expectProblem(stale, 401, 'SIGNATURE_REFUSED')
    expect(stale.json.reason).toBe('stale')
    const future = await stripe('{"id":"evt_1"}', seconds + 302)
    expectProblem(future, 401, 'SIGNATURE_REFUSED')
    expect(future.json.reason).toBe('future')
  })
  it('is refused before its body is parsed', async () => {
    const answer = await rig.post('/in/github', '[[[[', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })
    expectProblem(answer, 401, 'SIGNATURE_REFUSED')
  })
})

describe('paths and methods', () => {
  it('unknown source: 404', async () => {
    expectProblem(await rig.post('/in/nobody', '{}'), 404, 'NOT_FOUND')
    expectProblem(await rig.post('/in/', '{}'), 404, 'NOT_FOUND')
    expectProblem(await rig.post('/in/github/x', '{}'), 404, 'NOT_FOUND')
    expectProblem(await rig.post('/in/__proto__', '{}'), 404, 'NOT_FOUND')
    expectProblem(await rig.post('/events', '{}'), 404, 'NOT_FOUND')
    expectProblem(await rig.get('/'), 404, 'NOT_FOUND')
  })
  it('another method: 405 with Allow', async () => {
    const answer = await rig.get('/in/github')
    expectProblem(answer, 405, 'METHOD_REFUSED')
    expect(answer.headers.get('allow')).toBe('POST')
    const health = await rig.post('/health/live', '{}')
    expectProblem(health, 405, 'METHOD_REFUSED')
    expect(health.headers.get('allow')).toBe('GET, HEAD')
  })
})

it('any body of a genuine sender is taken or refused by a declared code', async () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
    fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.nat(255)).map(([text, at, byte]) => {
      const bytes = Buffer.from(text)
      bytes[at % bytes.length] = byte
      return bytes
    }),
  )
  await fc.assert(
    fc.asyncProperty(body, async (bytes) => {
      const { status, json } = await signed(bytes)
      expect([200, 202, 400]).toContain(status)
      if (status === 400) expect(json.code).toBe('BODY_MALFORMED')
    }),
    { numRuns: 150 },
  )
  rig.taken.length = 0
})

describe('slow senders', () => {
  it('get 408 and lose their connection: no headers, slow headers, slow body', async () => {
    await using slow = await startRig({ limits: { headersMs: 200, requestMs: 300, checkMs: 50 } })
    const answers = await Promise.all([
      raw(slow.port, ''),
      raw(slow.port, 'POST /in/github HTTP/1.1\r\nHost: x\r\nX-A: '),
      raw(
        slow.port,
        'POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{',
      ),
    ])
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /)
      expect(answer).toContain('REQUEST_TIMEOUT')
      expect(answer).toContain('Connection: close')
    }
    expect(slow.taken).toEqual([])
    const metrics = (await slow.get('/metrics')).text
    expect(metrics).toContain('http_server_active_requests 1\n')
    expect(metrics).toContain('tieline_gateway_held_bytes 0\n')
    expect(metrics).toContain('tieline_gateway_refusals_total{source="other",code="REQUEST_TIMEOUT"} 3')
  })

  it('are bounded in number', async () => {
    await using small = await startRig({ limits: { connections: 2 } })
    const idle = [connect(small.port, '127.0.0.1'), connect(small.port, '127.0.0.1')]
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.on('connect', resolve))))
    const refused = await raw(small.port, 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n').catch(() => '')
    expect(refused).toBe('')
    for (const socket of idle) socket.destroy()
  })
})
