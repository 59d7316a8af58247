import { expect, it } from 'vitest'
import { Exchange } from '../../src/adapter/http/exchange.ts'
import { httpClient } from '../../src/adapter/http/index.ts'
import type { Pending } from '../../src/adapter/http/pending.ts'
import type { HttpRequest } from '../../src/port/http.ts'
import { httpServer } from '../http/servers.ts'

const get = (url: string, more: Partial<HttpRequest>): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 60_000,
  maxResponseBytes: 1_000,
  allow: ['127.0.0.1'],
  ...more,
})

it('firstByteMs ends an exchange whose answer does not begin', async () => {
  await using server = await httpServer(() => {})
  await using http = httpClient()
  await expect(http.request(get(server.url, { firstByteMs: 10 }))).rejects.toMatchObject({
    code: 'HTTP_TIMEOUT',
    message: expect.stringMatching(/: 10 ms passed while waiting for the answer$/),
  })
})

it('each part counts until it is over, and the whole until the end', async () => {
  const ended = (request: Partial<HttpRequest>, come: (exchange: Exchange) => void, afterMs: number): boolean => {
    let failed = false
    const pending = { add: () => {}, remove: () => {} } as unknown as Pending
    const fail = (): void => {
      failed = true
    }
    const exchange = new Exchange(pending, 'GET http://x.test', get('http://x.test', request), undefined, fail, fail)
    come(exchange)
    exchange.expire(performance.now() + afterMs)
    return failed
  }
  const controller = { abort: () => {} } as never
  const sent = (exchange: Exchange): void => exchange.onRequestStart(controller)
  const answering = (exchange: Exchange): void => {
    sent(exchange)
    exchange.onResponseStart(controller, 200, {})
  }
  const parts = { connectMs: 10_000, firstByteMs: 20_000, timeoutMs: 30_000 }
  expect([() => {}, sent, answering].map((come) => ended(parts, come, 9_000))).toEqual([false, false, false])
  expect([() => {}, sent, answering].map((come) => ended(parts, come, 11_000))).toEqual([true, false, false])
  expect([() => {}, sent, answering].map((come) => ended(parts, come, 21_000))).toEqual([true, true, false])
  expect([() => {}, sent, answering].map((come) => ended(parts, come, 31_000))).toEqual([true, true, true])
})

it('connectMs ends one that waits for a connection, and not one that is sent', async () => {
  let answer = (): void => {}
  await using server = await httpServer((_, response) => {
    answer = () => response.end('late')
  })
  await using http = httpClient({ connections: 1 })
  const first = http.request(get(server.url, { connectMs: 1_000 }))
  await expect(http.request(get(server.url, { connectMs: 10 }))).rejects.toMatchObject({
    code: 'HTTP_TIMEOUT',
    message: expect.stringMatching(/: 10 ms passed while connecting$/),
  })
  answer()
  expect((await first).status).toBe(200)
})
