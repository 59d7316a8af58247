import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { crm } from '../crm/crm.ts'
import type { FaultRule } from '../fault/rule.ts'
import { type ProviderServer, type ServeOptions, serveProvider } from './serve-provider.ts'

const PATIENT = { timeout: 15_000 } // a busy machine is no failure
let server: ProviderServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const start = async (rules: readonly FaultRule[] = [], options: ServeOptions = {}) => {
  server = await serveProvider(crm(), { faults: rules, ...options })
  return server.url
}

interface CrmBody {
  readonly category?: string
  readonly properties?: Readonly<Record<string, string>>
}

/** What a client sees: status and body, or how the connection ended. */
const call = (url: string, body: unknown = { properties: { dealname: 'x' } }, signal: AbortSignal | null = null) =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  }).then(
    async (answer) => ({ status: answer.status, headers: answer.headers, body: (await answer.json()) as CrmBody }),
    (thrown: Error) => ({ status: thrown.name, headers: new Headers(), body: undefined }),
  )

const control = async (path: string, body?: unknown) => {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(`${server?.url}/_sandbox/${path}`, init)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const effects = async () => ((await control('ledger')).body['effects'] as unknown[]).length
const DEALS = '/crm/v3/objects/deals'

describe('faults over a real socket', () => {
  it.each([
    ['rate-limited', 429, 0],
    ['error-before-effect', 500, 0],
    ['error-after-effect', 500, 1],
    ['expired-token', 401, 0],
    ['cut-before-effect', 'TypeError', 0],
    ['cut-after-effect', 'TypeError', 1],
    ['timeout-after-effect', 'TypeError', 1],
    ['late-answer', 201, 1],
    ['slow-body', 201, 1],
  ] as const)('%s: the client sees %s, the ledger %i effects', async (kind, status, happened) => {
    const url = await start([{ kind, next: 1, holdMs: 40, forMs: 0, retryAfterS: 7 }])
    const struck = await call(url + DEALS)
    expect(struck.status).toBe(status)
    expect(await effects()).toBe(happened)
    if (kind === 'rate-limited') expect(struck.headers.get('retry-after')).toBe('7')
    if (kind === 'expired-token') expect(struck.body?.category).toBe('EXPIRED_AUTHENTICATION')
    if (status === 201) expect(struck.body?.properties?.['dealname']).toBe('x')
    expect((await call(url + DEALS)).status).toBe(201) // and the next is fine
    expect((await control('faults')).body).toEqual({ plan: [], struck: { [kind]: 1 } })
  })

  it('a timeout after the effect leaves the client without an answer while it is held', async () => {
    const url = await start([{ kind: 'timeout-after-effect', next: 1, holdMs: 60_000 }])
    const giveUp = new AbortController()
    const struck = call(url + DEALS, undefined, giveUp.signal)
    await expect.poll(effects, PATIENT).toBe(1)
    giveUp.abort()
    expect((await struck).status).toBe('AbortError')
  })

  it('a slow body comes in pieces', async () => {
    const url = new URL((await start([{ kind: 'slow-body', next: 1, holdMs: 80 }])) + DEALS)
    const pieces = await new Promise<number>((resolve, reject) => {
      let count = 0
      const sent = httpRequest(url, { method: 'POST', headers: { authorization: 'Bearer t' } }, (answer) => {
        answer.on('data', () => {
          count += 1
        })
        answer.on('end', () => resolve(count))
      })
      sent.on('error', reject)
      sent.end(JSON.stringify({ properties: { dealname: 'x'.repeat(2_000) } }))
    })
    expect(pieces).toBeGreaterThan(3)
  })

  it('strikes the same requests for the same seed', async () => {
    const trace = async (seed: number) => {
      const url = await start([{ kind: 'rate-limited', probability: 0.5 }], { seed })
      const seen: unknown[] = []
      for (let number = 0; number < 30; number++) seen.push((await call(url + DEALS)).status)
      await server?.close()
      return seen.join()
    }
    const first = await trace(3)
    expect(await trace(3)).toBe(first)
    expect(await trace(4)).not.toBe(first)
  })
})

describe('controls', () => {
  it('set faults while it runs, show the state, and reset', async () => {
    const url = await start()
    expect((await control('faults', { kind: 'error-before-effect', next: 1 })).body['plan']).toHaveLength(1)
    expect((await call(url + DEALS)).status).toBe(500)
    expect((await control('faults', [{ kind: 'rate-limited', probability: 1 }])).status).toBe(200)
    expect((await call(url + DEALS)).status).toBe(429)
    await control('faults', [])
    expect((await call(url + DEALS)).status).toBe(201)
    expect((await control('state')).body['deals']).toHaveLength(1)
    await control('reset', {})
    expect(await effects()).toBe(0)
    expect(server?.requests()).toBe(3)
  })

  it('say what is wrong', async () => {
    await start()
    expect(await control('faults', { kind: 'gremlin', next: 1 })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', detail: expect.stringContaining('kind: expected one of') },
    })
    expect((await control('nothing')).status).toBe(404)
    expect((await control('__proto__')).status).toBe(404)
  })
})

describe('the door', () => {
  it('bounds bodies, and goes on', async () => {
    const url = await start([], { maxBodyBytes: 1_000 })
    expect((await call(url + DEALS, 'x'.repeat(1_001))).status).toBe(413)
    expect((await call(url + DEALS, '{"properties":')).status).toBe(400)
    expect((await call(url + DEALS)).status).toBe(201)
  })

  it('a sender that goes away in the middle leaves no effect', async () => {
    const url = new URL(await start())
    await new Promise<void>((resolve) => {
      const socket = connect(Number(url.port), url.hostname, () => {
        socket.write(
          `POST ${DEALS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\ncontent-length: 500\r\n\r\n{"properties"`,
        )
        socket.end()
      })
      socket.resume()
      socket.on('close', () => resolve())
    })
    expect(await effects()).toBe(0)
  })

  it('closes although an answer is held, and says when an address is taken', async () => {
    const url = await start([{ kind: 'late-answer', next: 1, holdMs: 60_000 }])
    const held = call(url + DEALS)
    await expect.poll(() => server?.requests(), PATIENT).toBe(1)
    await expect(serveProvider(crm(), { port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    await server?.close()
    expect((await held).status).not.toBe(500)
  })
})
