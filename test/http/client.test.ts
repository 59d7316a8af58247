import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { httpClient } from '../../src/adapter/http/index.ts'
import { TielineError } from '../../src/core/error.ts'
import { closedPort, httpServer, post, tcpServer } from './servers.ts'

const http = httpClient()
afterAll(() => http[Symbol.asyncDispose]())

const text = (body: Uint8Array): string => Buffer.from(body).toString()

async function read(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

describe('an exchange', () => {
  test('sends method, path, query, headers and body, and gives status, headers and bytes back', async () => {
    const seen: unknown[] = []
    await using server = await httpServer(async (request, response) => {
      const { method, url, headers } = request
      seen.push({ method, url, key: headers['idempotency-key'], host: headers.host, body: await read(request) })
      response.writeHead(
        201,
        [
          ['X-Two', 'a'],
          ['X-Two', 'b'],
          ['Content-Type', 'text/plain'],
        ].flat(),
      )
      response.write('grüß')
      setImmediate(() => response.end(' dich'))
    })
    const answer = await http.request(
      post(`${server.url}/v1/things?limit=1#part`, { headers: { 'idempotency-key': 'k1' }, body: '{"a":"ü"}' }),
    )
    expect(seen).toEqual([
      { method: 'POST', url: '/v1/things?limit=1', key: 'k1', host: `127.0.0.1:${server.port}`, body: '{"a":"ü"}' },
    ])
    expect(answer.status).toBe(201)
    expect(answer.headers['x-two']).toBe('a, b')
    expect(text(answer.body)).toBe('grüß dich')
  })

  test.each(['GET', 'PUT', 'PATCH', 'DELETE'] as const)('%s', async (method) => {
    await using server = await httpServer((request, response) => response.end(request.method))
    const { body: _, ...bodiless } = post(server.url)
    expect(text((await http.request({ ...bodiless, method })).body)).toBe(method)
  })

  test('bytes as a body, and an address that needs encoding', async () => {
    await using server = await httpServer(async (request, response) =>
      response.end(request.url + (await read(request))),
    )
    const answer = await http.request(post(`${server.url}/naïve?q=ü`, { body: new Uint8Array([104, 105]) }))
    expect(text(answer.body)).toBe('/na%C3%AFve?q=%C3%BChi')
  })

  test('an empty answer', async () => {
    await using server = await httpServer((_, response) => response.writeHead(204).end())
    expect((await http.request(post(server.url))).body).toHaveLength(0)
  })

  test('an informational answer is not the answer', async () => {
    await using server = await httpServer((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.end('ok')
    })
    const answer = await http.request(post(server.url))
    expect([answer.status, text(answer.body)]).toEqual([200, 'ok'])
  })

  test('redirects are returned, not followed', async () => {
    let calls = 0
    await using server = await httpServer((_, response) => {
      calls++
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    })
    const answer = await http.request(post(server.url))
    expect([answer.status, answer.headers['location'], calls]).toEqual([302, 'http://169.254.169.254/', 1])
  })

  test('connections are used again', async () => {
    await using server = await httpServer((_, response) => response.end('ok'))
    for (let i = 0; i < 20; i++) await http.request(post(server.url))
    expect(server.connections()).toBeLessThanOrEqual(2) // a connection is free again one microtask after its answer
  })

  test('no more connections than allowed, and all are answered', async () => {
    await using few = httpClient({ connections: 2 })
    await using server = await httpServer((_, response) => setImmediate(() => response.end('ok')))
    const answers = await Promise.all(Array.from({ length: 20 }, () => few.request(post(server.url))))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(server.connections()).toBe(2)
  })

  test('the longest unused origin is closed when there are too many', async () => {
    await using small = httpClient({ origins: 1 })
    await using a = await httpServer((_, response) => response.end('a'))
    await using b = await httpServer((_, response) => response.end('b'))
    for (const { url } of [a, b, a]) await small.request(post(url))
    expect([a.connections(), b.connections()]).toEqual([2, 1])
  })
})

async function failure(promise: Promise<unknown>): Promise<TielineError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof TielineError)) throw new Error(`expected a TielineError, got ${String(thrown)}`)
  return thrown
}

describe('failures', () => {
  test('nobody listens: HTTP_CONNECT, nothing was sent', async () => {
    const port = await closedPort()
    const error = await failure(http.request(post(`http://127.0.0.1:${port}/x?token=hush`)))
    expect([error.code, error.disposition]).toEqual(['HTTP_CONNECT', 'retry'])
    expect(error.message).toBe(`POST http://127.0.0.1:${port}: ECONNREFUSED while connecting`)
  })

  test('no such name: HTTP_CONNECT', async () => {
    await using own = httpClient({
      resolve: (_name, _options, done) => done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    })
    const error = await failure(own.request(post('http://crm.example/')))
    expect([error.code, error.message]).toEqual(['HTTP_CONNECT', 'POST http://crm.example: ENOTFOUND while connecting'])
  })

  test('cut after the request: HTTP_BROKEN, nobody knows what happened', async () => {
    await using server = await tcpServer((socket) => socket.once('data', () => socket.destroy()))
    const error = await failure(http.request(post(server.url)))
    expect([error.code, error.disposition]).toEqual(['HTTP_BROKEN', 'retry'])
    expect(error.message).toContain('while waiting for the answer')
  })

  test('cut in the middle of the answer: HTTP_BROKEN', async () => {
    await using server = await tcpServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
    )
    const error = await failure(http.request(post(server.url)))
    expect([error.code, error.message.includes('while the answer arrived')]).toEqual(['HTTP_BROKEN', true])
  })

  test('an answer that is no HTTP: HTTP_BROKEN', async () => {
    await using server = await tcpServer((socket) => socket.once('data', () => socket.end('220 smtp ready\r\n\r\n')))
    expect((await failure(http.request(post(server.url)))).code).toBe('HTTP_BROKEN')
  })

  test('no answer in time: HTTP_TIMEOUT, and the connection is closed', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    await using server = await tcpServer((socket) => {
      closed = once(socket, 'close')
      socket.resume()
    })
    const error = await failure(http.request(post(server.url, { timeoutMs: 20 })))
    expect([error.code, error.message]).toEqual([
      'HTTP_TIMEOUT',
      `POST ${server.url}: 20 ms passed while waiting for the answer`,
    ])
    await closed
  })

  test('a body that never ends: the time is for the whole exchange', async () => {
    await using server = await httpServer((_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('.'), 5)
      response.on('close', () => clearInterval(drip))
    })
    const error = await failure(http.request(post(server.url, { timeoutMs: 60 })))
    expect([error.code, error.message.includes('while the answer arrived')]).toEqual(['HTTP_TIMEOUT', true])
  })

  test('the time includes waiting for a connection, and what waited too long is not sent', async () => {
    await using narrow = httpClient({ connections: 1 })
    const urls: (string | undefined)[] = []
    const { promise: release, resolve: go } = Promise.withResolvers<void>()
    await using server = await httpServer(async (request, response) => {
      urls.push(request.url)
      await release
      response.end('ok')
    })
    const first = narrow.request(post(`${server.url}/first`))
    const error = await failure(narrow.request(post(`${server.url}/second`, { timeoutMs: 20 })))
    expect([error.code, error.message.includes('while connecting')]).toEqual(['HTTP_TIMEOUT', true])
    go()
    await first
    await narrow.request(post(`${server.url}/third`))
    expect(urls).toEqual(['/first', '/third'])
  })

  test.each([
    ['announced', { 'content-length': '11' }],
    ['in chunks', {}],
  ])('a larger answer than allowed, %s: HTTP_TOO_LARGE', async (_how, headers) => {
    await using server = await httpServer((_, response) => {
      response.writeHead(200, headers)
      response.write('01234')
      response.end('567890')
    })
    const error = await failure(http.request(post(server.url, { maxResponseBytes: 10 })))
    expect([error.code, error.disposition]).toEqual(['HTTP_TOO_LARGE', 'stop'])
    expect((await http.request(post(server.url, { maxResponseBytes: 11 }))).body).toHaveLength(11)
  })

  test('a header of 100 KB: HTTP_TOO_LARGE', async () => {
    await using server = await tcpServer((socket) =>
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)),
    )
    expect((await failure(http.request(post(server.url)))).code).toBe('HTTP_TOO_LARGE')
  })

  test.each([['ftp://127.0.0.1/'], ['127.0.0.1/'], ['http://'], ['http://name:hush@127.0.0.1/'], ['http://[::1/']])(
    '%s: REQUEST_INVALID, without the address in the message',
    async (url) => {
      const error = await failure(http.request(post(url)))
      expect([error.code, error.disposition, error.message.includes('hush')]).toEqual([
        'REQUEST_INVALID',
        'stop',
        false,
      ])
    },
  )

  test('a header value with a line break is not sent', async () => {
    const error = await failure(http.request(post('http://127.0.0.1:9/', { headers: { a: 'b\r\nc: hush' } })))
    expect([error.code, error.message.includes('hush')]).toEqual(['REQUEST_INVALID', false])
  })
})

describe('giving up', () => {
  test('a signal ends the call and its connection', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    let closed: Promise<unknown> = Promise.resolve()
    await using server = await tcpServer((socket) => {
      closed = once(socket, 'close')
      socket.once('data', resolve)
    })
    const controller = new AbortController()
    const call = failure(http.request(post(server.url), controller.signal))
    await arrived
    controller.abort(new TielineError('LEASE_LOST', 'another worker has it'))
    expect((await call).code).toBe('LEASE_LOST')
    await closed
  })

  test('one signal for many calls', async () => {
    await using server = await tcpServer((socket) => socket.resume())
    const controller = new AbortController()
    const calls = Array.from({ length: 30 }, () => failure(http.request(post(server.url), controller.signal)))
    const other = failure(http.request(post(server.url, { timeoutMs: 200 })))
    await new Promise(setImmediate)
    controller.abort()
    expect(new Set((await Promise.all(calls)).map(({ code }) => code))).toEqual(new Set(['STOPPING']))
    expect((await other).code).toBe('HTTP_TIMEOUT')
  })

  test('an aborted signal: nothing is sent', async () => {
    await using server = await httpServer((_, response) => response.end())
    const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
    expect((await failure(http.request(post(server.url), signal))).code).toBe('HTTP_TIMEOUT')
    await http.request(post(server.url))
    expect(server.connections()).toBe(1)
  })

  test('closing the client ends what is under way and refuses what comes later', async () => {
    await using server = await tcpServer((socket) => socket.resume())
    const own = httpClient()
    await own.prepare()
    const call = failure(own.request(post(server.url)))
    await own[Symbol.asyncDispose]()
    expect((await call).code).toBe('STOPPING')
    expect((await failure(own.request(post(server.url)))).code).toBe('STOPPING')
  })
})
