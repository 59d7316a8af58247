import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { signGithub } from '../../src/adapter/signature/index.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { TielineError } from '../../src/core/error.ts'
import { flow, type Priority } from '../../src/declare/flow/flow.ts'
import type { RateSpec } from '../../src/declare/source/rate.ts'
import { type Endpoint, source } from '../../src/declare/source/source.ts'
import { target } from '../../src/declare/target/target.ts'
import { createAdmittance } from '../../src/engine/pressure/admittance.ts'
import { createPressure } from '../../src/engine/pressure/pressure.ts'
import { routing } from '../../src/engine/routing.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { call } from '../engine/world.ts'
import { type Answer, GITHUB_SECRET, github, type Rig, raw, startRig } from './rig.ts'

/** A gateway with the doors of a real engine; time for rates and pressure passes when it is told to. */
async function start({ rate, types = {} }: { rate?: RateSpec; types?: Readonly<Record<string, Priority>> }) {
  const clock = virtualClock()
  const endpoint: Endpoint = github({
    rate,
    read: ({ headers, body }) => [
      {
        id: 'a',
        type: headers['x-github-event'] ?? 'push',
        attributes: { tenant: String((body as { tenant?: string }).tenant ?? '') },
        data: body,
      },
    ],
  })
  const to = target('crm', { call: call<unknown>('orders'), with: (order: unknown) => order })
  const all = Object.keys(types).length === 0 ? { '*': 'normal' as const } : types
  const flows = Object.entries(all).map(([type, priority]) =>
    flow(priority, { from: source({ endpoint, type }), to, priority }),
  )
  const table = routing(flows)
  const host = { clock, random: () => 0.5, log: () => {} }
  const pressure = createPressure({ host, store: memory({ clock }), routing: table })
  const admittance = createAdmittance({ routing: table, pressure, admissions: localAdmissions(), host })
  const stop = new AbortController()
  const kept = pressure.keep(stop.signal)
  const rig = await startRig({ endpoints: [endpoint], admittance })
  return {
    rig,
    clock,
    pressure,
    /** A store that is full for a second. */
    async fill() {
      for (let i = 0; i < 4; i++) {
        pressure.begun()
        pressure.failed(new TielineError('STORE_BUSY', 'full'))
        await clock.advance(250)
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await kept
      await rig[Symbol.asyncDispose]()
    },
  }
}

const send = (rig: Rig, body = '{}', headers: Record<string, string> = {}): Promise<Answer> =>
  rig.post('/in/github', body, {
    'x-hub-signature-256': signGithub(GITHUB_SECRET, Buffer.from(body)),
    ...headers,
  })
const told = ({ status, headers, json }: Answer): unknown => [
  status,
  headers.get('content-type'),
  headers.get('retry-after'),
  json.code,
  json.reason,
]

describe('a rate', () => {
  it('of a source is kept: 429 with the whole seconds until there is room', async () => {
    await using it = await start({ rate: { limit: 2, per: '3s', burst: 0 } })
    expect((await send(it.rig)).status).toBe(202)
    expect(told(await send(it.rig))).toEqual([429, 'application/problem+json', '2', 'RATE_EXCEEDED', 'source'])
    expect(it.rig.taken).toHaveLength(1)
    await it.clock.advance(1_500)
    expect((await send(it.rig)).status).toBe(200)
    expect((await it.rig.get('/metrics')).text).toContain(
      'tieline_gateway_refusals_total{source="github",code="RATE_EXCEEDED"} 1\n',
    )
    expect(it.rig.logged.map(({ event, fields }) => [event, fields?.['reason']])).toEqual([
      ['gateway.not-let-in', 'source'],
    ])
  })

  it('lets a burst through after a quiet time, by default as many as its limit', async () => {
    await using it = await start({ rate: { limit: 3, per: '1s' } })
    await it.clock.advance(10_000)
    await send(it.rig)
    await it.clock.advance(10_000)
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) statuses.push((await send(it.rig)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429])
  })

  it('cannot be used up by who is not genuine, and nothing is parsed for it', async () => {
    await using it = await start({ rate: { limit: 1, per: '1h', burst: 0 } })
    for (let i = 0; i < 5; i++) {
      expect((await send(it.rig, '{', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })).status).toBe(401)
      expect((await it.rig.post('/in/github', '{')).status).toBe(401)
    }
    expect((await send(it.rig)).status).toBe(202)
    // Once it is used up, by a genuine sender, nobody's body is read until there is room.
    expect((await send(it.rig, '{')).json.code).toBe('RATE_EXCEEDED')
    expect((await it.rig.post('/in/github', '{}')).json.code).toBe('RATE_EXCEEDED')
  })

  it('of each tenant leaves the others alone', async () => {
    await using it = await start({ rate: { limit: 1, per: '1m', burst: 0, each: 'tenant' } })
    expect((await send(it.rig, '{"tenant":"a"}')).status).toBe(202)
    expect(told(await send(it.rig, '{"tenant":"a"}'))).toEqual([
      429,
      'application/problem+json',
      '60',
      'RATE_EXCEEDED',
      'tenant',
    ])
    expect((await send(it.rig, '{"tenant":"b"}')).status).toBe(200)
    expect((await send(it.rig)).status).toBe(200)
  })
})

describe('under pressure', () => {
  it('bulk is 503 with Retry-After, counted and logged, and all is well again by itself', async () => {
    await using it = await start({ types: { push: 'bulk', pay: 'critical' } })
    expect((await send(it.rig)).status).toBe(202)
    await it.fill()
    expect(told(await send(it.rig))).toEqual([503, 'application/problem+json', '6', 'OVERLOADED', 'class'])
    expect((await send(it.rig, '{}', { 'x-github-event': 'pay' })).status).toBe(200)
    const { text } = await it.rig.get('/metrics')
    expect(text).toContain('tieline_gateway_shed_total{source="github",class="bulk"} 1\n')
    expect(text).toContain('tieline_pressure_level 2\n')
    expect(it.rig.logged[0]).toMatchObject({
      event: 'gateway.not-let-in',
      fields: { source: 'github', reason: 'class' },
    })
    await it.clock.advance(20_000)
    expect((await send(it.rig)).status).toBe(200)
  })

  it('what is certain to be shed is answered before its body is there', async () => {
    await using it = await start({ types: { push: 'bulk' } })
    await it.fill()
    const head =
      'POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n'
    const answer = await raw(it.rig.port, head, (text) => text.includes('OVERLOADED'))
    expect(answer).toMatch(/^HTTP\/1\.1 503 .*Retry-After: 6\r\n/s)
    const expecting = await raw(it.rig.port, head.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'), (text) =>
      text.includes('OVERLOADED'),
    )
    expect(expecting).not.toContain('100 Continue')
  })

  it('a sender over its share is 429, and a quiet one is not', async () => {
    await using it = await start({})
    await it.fill()
    const statuses: Record<string, number[]> = { loud: [], quiet: [] }
    for (let part = 0; part < 4; part++) {
      for (let i = 0; i < 12; i++) {
        const tenant = i === 0 ? 'quiet' : 'loud'
        const answer = await send(it.rig, `{"tenant":"${tenant}"}`)
        if (answer.status === 429) expect([answer.json.code, answer.json.reason]).toEqual(['OVERLOADED', 'share'])
        statuses[tenant]?.push(answer.status)
      }
      it.pressure.begun()
      it.pressure.failed(new TielineError('STORE_BUSY', 'full'))
      await it.clock.advance(250)
    }
    expect(statuses['quiet']).not.toContain(429)
    expect(statuses['loud']).toContain(429)
  })
})

it('bodies that were let in while there was room do not outgrow it together', async () => {
  await using rig = await startRig({ limits: { heldBytes: 50_000 } })
  const head = (length: number): string =>
    `POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  const held = async (): Promise<number> =>
    Number(/^tieline_gateway_held_bytes (\d+)$/m.exec((await rig.get('/metrics')).text)?.[1])
  const begin = async (): Promise<ReturnType<typeof connect>> => {
    const socket = connect(rig.port, '127.0.0.1')
    socket.write(`${head(100_000)}x`)
    return socket
  }
  const first = await begin()
  const second = await begin()
  while ((await held()) < 2) await new Promise((resolve) => setImmediate(resolve))
  first.write('x'.repeat(40_000))
  while ((await held()) < 40_002) await new Promise((resolve) => setImmediate(resolve))
  const answer = new Promise<string>((resolve) => second.once('data', (chunk) => resolve(String(chunk))))
  second.write('x'.repeat(40_000))
  expect(await answer).toMatch(/^HTTP\/1\.1 503 .*Retry-After: 5.*"code":"STORE_BUSY","reason":"memory"/s)
  expect(await held()).toBe(40_001)
  for (const socket of [first, second]) socket.destroy()
})

it('bodies in memory are bounded whatever senders do: those that are not read are not kept', async () => {
  await using it = await start({ types: { push: 'bulk' } })
  await it.fill()
  const sockets = await Promise.all(
    Array.from(
      { length: 50 },
      () =>
        new Promise<ReturnType<typeof connect>>((resolve) => {
          const socket = connect(it.rig.port, '127.0.0.1', () => {
            socket.write(
              `POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`,
            )
          })
          socket.once('data', () => resolve(socket))
        }),
    ),
  )
  expect((await it.rig.get('/metrics')).text).toContain('tieline_gateway_held_bytes 0\n')
  for (const socket of sockets) socket.destroy()
})
