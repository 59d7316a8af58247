import { expect, it } from 'vitest'
import { httpClient } from '../../src/adapter/http/index.ts'
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

it('firstByteMs does not end one whose answer has begun', async () => {
  await using server = await httpServer((_, response) => {
    response.write('begun')
    setTimeout(() => response.end(), 120)
  })
  await using http = httpClient()
  const { body } = await http.request(get(server.url, { firstByteMs: 100 }))
  expect(new TextDecoder().decode(body)).toBe('begun')
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
