import { connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { httpClient } from '../../src/adapter/http/index.ts'
import { TielineError } from '../../src/core/error.ts'
import { httpServer, post } from './servers.ts'

const http = httpClient()
afterAll(() => http[Symbol.asyncDispose]())

async function failure(promise: Promise<unknown>): Promise<TielineError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof TielineError)) throw new Error(`expected a TielineError, got ${String(thrown)}`)
  return thrown
}

test('http: goes to the proxy in absolute form, which alone resolves the name', async () => {
  const seen: unknown[] = []
  await using proxy = await httpServer((request, response) => {
    seen.push({ url: request.url, host: request.headers.host, auth: request.headers['proxy-authorization'] })
    response.end('by proxy')
  })
  const { allow: _, ...request } = post('http://crm.example/v1/x?y=1')
  const answer = await http.request({ ...request, proxy: `http://me:pass@127.0.0.1:${proxy.port}` })
  expect(Buffer.from(answer.body).toString()).toBe('by proxy')
  const auth = `Basic ${Buffer.from('me:pass').toString('base64')}`
  expect(seen).toEqual([{ url: 'http://crm.example/v1/x?y=1', host: 'crm.example', auth }])
})

test('https: goes through a tunnel; what the tunnel ends in must be TLS', async () => {
  const asked: unknown[] = []
  await using plain = await httpServer((_, response) => response.end('no TLS here'))
  await using proxy = await httpServer(
    (_, response) => response.writeHead(500).end(),
    (server) =>
      server.on('connect', (request, client) => {
        asked.push(request.url)
        const target = connect(plain.port, '127.0.0.1', () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n')
          client.pipe(target).pipe(client)
        })
        client.on('error', () => target.destroy())
        target.on('error', () => client.destroy())
      }),
  )
  const { allow: _, ...request } = post('https://crm.example/v1/x')
  const error = await failure(http.request({ ...request, proxy: proxy.url }))
  expect([error.code, asked]).toEqual(['HTTP_CONNECT', ['crm.example:443']])
})

test.each([
  ['https://crm.example/', 'HTTP_CONNECT'],
  ['http://crm.example/', 'HTTP_CONNECT'],
])('%s: a proxy that wants a credential: nothing reached the provider', async (url, code) => {
  await using proxy = await httpServer(
    (_, response) => response.writeHead(407).end(),
    (server) =>
      server.on('connect', (_request, client) => client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')),
  )
  const { allow: _, ...request } = post(url)
  expect((await failure(http.request({ ...request, proxy: proxy.url }))).code).toBe(code)
})

test('a proxy-authorization header is not passed on', async () => {
  await using proxy = await httpServer((_, response) => response.end())
  const { allow: _, ...request } = post('http://crm.example/', { headers: { 'proxy-authorization': 'Basic hush' } })
  const error = await failure(http.request({ ...request, proxy: proxy.url }))
  expect([error.code, error.message.includes('hush')]).toEqual(['REQUEST_INVALID', false])
})
