import { describe, expect, it } from 'vitest'
import { TielineError } from '../../src/core/error.ts'
import type { Desk } from '../../src/engine/desk.ts'
import { createGuard } from '../../src/serve/admin/guard.ts'
import { type Rig, type RigOptions, raw, STATUS, startRig } from './rig.ts'

interface Called {
  readonly verb: string
  readonly with: readonly unknown[]
}

/** A gateway over a desk that remembers what it was asked. */
async function start(options: RigOptions = {}): Promise<Rig & { readonly calls: Called[] }> {
  const calls: Called[] = []
  const answer =
    <T>(verb: string, value: T) =>
    (...args: unknown[]): T => {
      calls.push({ verb, with: args })
      return value
    }
  const row = {
    work: 'w1',
    source: 'github',
    id: 'm/1 é',
    type: 'push',
    flow: 'pay',
    key: 'k',
    state: 'dead' as const,
    attempts: 1,
    crashes: 0,
    replays: 0,
    acceptedAtMs: 1,
  }
  const control = { target: 'flow:pay', kind: 'pause' as const, why: 'deploy', sinceMs: 1 }
  const history = { ...row, effect: 'e', attributes: {}, trail: [] }
  const bodies = [Buffer.from('{"é":1}'), Buffer.from([0xff]), Buffer.alloc(1_048_577, 0x20)]
  const desk: Partial<Desk> = {
    flows: answer('flows', []),
    find: answer('find', Promise.resolve({ items: [row], next: 'n' })),
    show: answer('show', Promise.resolve([history, ...bodies.map((body) => ({ ...history, body }))])),
    why: answer('why', Promise.resolve([{ flow: 'pay', key: 'k', pending: 1, sentence: 'flow paused by hand' }])),
    dead: answer('dead', Promise.resolve([])),
    replay: answer('replay', Promise.resolve(['w1'])),
    discard: answer('discard', Promise.resolve(['w1'])),
    edit: answer('edit', Promise.resolve(['w1'])),
    controls: answer('controls', [control]),
    pause: answer('pause', Promise.resolve(control)),
    resume: answer('resume', Promise.resolve()),
    drain: answer('drain', Promise.resolve({ ...control, kind: 'drain' as const, left: 3 })),
    gates: answer('gates', [gate]),
    probe: answer('probe', Promise.resolve([gate])),
    audit: answer('audit', Promise.resolve([noted])),
    limit: answer('limit', Promise.resolve({ ...control, kind: 'limit' as const, concurrency: 2 })),
  }
  const rig = await startRig({ ...options, desk: { ...desk, ...options.desk } })
  return { ...rig, calls }
}

const gate = { target: 'connector:crm', kind: 'breaker' as const, state: 'closed' as const, forMs: 5, opensInMs: 9 }
const noted = { atMs: 1, verb: 'pause', target: 'flow:pay', why: 'ann: deploy' }

const post = (rig: Rig, path: string, body: unknown, headers = {}) =>
  rig.post(`/admin/v1${path}`, JSON.stringify(body), headers)
const get = (rig: Rig, path: string, headers = {}) => rig.get(`/admin/v1${path}`, headers)

describe('what operators ask', () => {
  it('status is flat', async () => {
    await using rig = await start()
    const answer = await get(rig, '/status')
    expect([answer.status, answer.json]).toEqual([200, STATUS])
  })

  it('messages by filter, one with its bodies, and why', async () => {
    await using rig = await start()
    const found = await get(rig, '/messages?state=dead,pending&flow=pay&key=k%2F1&limit=7&after=c')
    expect(found.json).toMatchObject({ items: [{ work: 'w1' }], next: 'n' })
    expect(rig.calls.pop()?.with).toEqual([
      { states: ['dead', 'pending'], flow: 'pay', key: 'k/1', after: 'c', limit: 7 },
    ])
    await get(rig, '/messages')
    expect(rig.calls.pop()?.with).toEqual([{ limit: 50 }])
    const { items } = (await get(rig, `/messages/${encodeURIComponent('m/1 é')}`)).json
    expect(rig.calls.pop()?.with).toEqual(['m/1 é'])
    expect(items[0]).not.toHaveProperty('body')
    expect(items[1]).toMatchObject({ body: Buffer.from('{"é":1}').toString('base64'), text: '{"é":1}', bodyBytes: 8 })
    expect(items[2]).toMatchObject({ body: '/w==', bodyBytes: 1 })
    expect(items[2]).not.toHaveProperty('text')
    expect(items[3]).toMatchObject({ truncated: true, bodyBytes: 1_048_577 })
    expect((await get(rig, '/why?key=k')).json).toEqual({
      key: 'k',
      lanes: [{ flow: 'pay', key: 'k', pending: 1, sentence: 'flow paused by hand' }],
    })
    expect((await get(rig, '/flows')).json).toEqual({ flows: [] })
    expect((await get(rig, '/dead?flow=pay&limit=5')).json).toEqual({ groups: [] })
    expect(rig.calls.pop()?.with).toEqual([{ flow: 'pay', limit: 5 }])
    expect((await get(rig, '/controls')).json.controls).toHaveLength(1)
  })
})

describe('what operators do', () => {
  it('replays, discards and edits dead letters', async () => {
    await using rig = await start()
    expect((await post(rig, '/dead/replay', { flow: 'pay', rate: 0.5, why: 'fixed' })).json).toEqual({ moved: ['w1'] })
    expect(rig.calls.pop()).toEqual({ verb: 'replay', with: [{ flow: 'pay', rate: 0.5, why: 'fixed' }] })
    await post(rig, '/dead/discard', { works: ['w1', 'w2'], why: 'old' })
    expect(rig.calls.pop()).toEqual({ verb: 'discard', with: [{ works: ['w1', 'w2'], why: 'old' }] })
    const bodies: [object, string][] = [
      [{ body: { a: 'é' } }, '{"a":"é"}'],
      [{ body: Buffer.from('{ }').toString('base64') }, '{ }'],
      [{ text: '{"a": 1}' }, '{"a": 1}'],
    ]
    for (const [given, expected] of bodies) {
      expect((await post(rig, '/dead/edit', { work: 'w1', why: 'typo', ...given })).status).toBe(200)
      const [work, body, why] = rig.calls.pop()!.with as [string, Uint8Array, string]
      expect([work, Buffer.from(body).toString(), why]).toEqual(['w1', expected, 'typo'])
    }
  })

  it('pauses, limits and resumes', async () => {
    await using rig = await start()
    expect((await post(rig, '/pause', { target: 'flow:pay', for: '30m', why: 'deploy' })).json.kind).toBe('pause')
    expect(rig.calls.pop()?.with).toEqual(['flow:pay', { forMs: 1_800_000, why: 'deploy' }])
    await post(rig, '/limit', { target: 'connector:crm', concurrency: 2, why: 'busy' })
    expect(rig.calls.pop()?.with).toEqual(['connector:crm', { concurrency: 2 }, { why: 'busy' }])
    await post(rig, '/limit', { target: 'operation:crm.deals.upsert', perSecond: 0.5, why: 'busy' })
    expect(rig.calls.pop()?.with).toEqual(['operation:crm.deals.upsert', { perSecond: 0.5 }, { why: 'busy' }])
    expect((await post(rig, '/resume', { target: 'flow:pay' })).json).toEqual({ target: 'flow:pay' })
    expect(rig.calls.pop()?.with).toEqual(['flow:pay', 'no reason given'])
  })

  it('drains, shows the gates and lets one try, and tells what operators did', async () => {
    await using rig = await start()
    expect((await post(rig, '/drain', { target: 'tenant:acme', why: 'they move' })).json).toMatchObject({ left: 3 })
    expect((await get(rig, '/gates')).json.gates).toEqual([gate])
    expect((await post(rig, '/gates/probe', { target: 'connector:crm', why: 'it is over' })).json.gates).toEqual([gate])
    expect(rig.calls.pop()?.with).toEqual(['connector:crm', 'it is over'])
    expect((await get(rig, '/audit')).json.entries).toEqual([noted])
  })
})

describe('bad input names its field', () => {
  it.each<[string, unknown, RegExp]>([
    ['/pause', { target: 'flow:pay' }, /^why is missing/],
    ['/pause', { target: 'flow:pay', why: '' }, /^why: expected a text/],
    ['/pause', { target: 7, why: 'x' }, /^target: expected a text/],
    ['/pause', { target: 'flow:pay', why: 'x', for: '30 minutes' }, /^for: expected a duration/],
    ['/pause', { target: 'flow:pay', why: 'x', for: '0s' }, /^for: expected a duration/],
    [
      '/pause',
      { target: 'flow:pay', why: 'x', until: 'noon' },
      /^"until" is not known here; known are target, for, why/,
    ],
    [
      '/limit',
      { target: 'flow:pay', why: 'x', concurrency: 0 },
      /^concurrency: expected a whole number from 1 to 4096/,
    ],
    ['/limit', { target: 'flow:pay', why: 'x', concurrency: '2' }, /^concurrency: expected a whole number/],
    ['/limit', { target: 'flow:pay', why: 'x' }, /^concurrency: expected one of concurrency and perSecond/],
    ['/limit', { target: 'flow:pay', why: 'x', perSecond: -1 }, /^perSecond: expected a number above 0/],
    ['/gates/probe', { why: 'x' }, /^target is missing/],
    ['/dead/replay', { why: 'x' }, /^works: expected at least one of/],
    ['/dead/replay', { works: [], why: 'x' }, /^works: expected a list/],
    ['/dead/replay', { works: ['a', 1], why: 'x' }, /^works\[1\]: expected a text/],
    ['/dead/replay', { works: ['a'], rate: 0, why: 'x' }, /^rate: expected a number above 0/],
    ['/dead/edit', { work: 'w', why: 'x' }, /^body: expected either body or text/],
    ['/dead/edit', { work: 'w', why: 'x', body: '{"a":1}' }, /^body: expected base64/],
    ['/dead/edit', { work: 'w', why: 'x', body: 7 }, /^body: expected base64/],
    ['/resume', [], /^the body is not a JSON object/],
  ])('%s %j', async (path, body, detail) => {
    await using rig = await start()
    const { status, json } = await post(rig, path, body)
    expect([status, json.code]).toEqual([400, 'REQUEST_INVALID'])
    expect(json.detail).toMatch(detail)
    expect(rig.calls).toEqual([])
  })

  it.each<[string, RegExp]>([
    ['/messages?state=gone', /^state: expected some of pending/],
    ['/messages?limit=501', /^limit: expected a whole number from 1 to 500/],
    ['/messages?limit=1.5', /^limit/],
    ['/messages?stat=dead', /^"stat" is not known here/],
    ['/why', /^key is missing/],
  ])('%s', async (path, detail) => {
    await using rig = await start()
    const { status, json } = await get(rig, path)
    expect([status, json.code]).toEqual([400, 'REQUEST_INVALID'])
    expect(json.detail).toMatch(detail)
  })

  it('and what the desk refuses is told', async () => {
    const gone = () => Promise.reject(new TielineError('NOT_FOUND', 'no flow is named pya'))
    await using rig = await start({ desk: { pause: gone } })
    const answer = await post(rig, '/pause', { target: 'flow:pya', why: 'x' })
    expect([answer.status, answer.json.detail]).toEqual([404, 'no flow is named pya'])
    const unknown = await get(rig, '/nothing')
    expect([unknown.status, unknown.json.code]).toEqual([404, 'NOT_FOUND'])
    const method = await get(rig, '/pause')
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('who may', () => {
  it('on a loopback address without a token: local callers, no page of another site, no other name (DNS rebinding)', async () => {
    await using rig = await start()
    const ask = (headers: string): Promise<string> =>
      raw(rig.port, `GET /admin/v1/status HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`)
    for (const host of ['localhost:4400', '127.0.0.1', '[::1]:4400', '127.0.0.2:1']) {
      expect(await ask(`Host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /)
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '']) {
      expect(await ask(`Host: ${host}`)).toMatch(/^HTTP\/1\.1 403 .*ADMIN_CLOSED/s)
    }
    const local = `http://127.0.0.1:${rig.port}`
    const pause = (headers: Record<string, string>) => post(rig, '/pause', { target: 'flow:pay', why: 'x' }, headers)
    expect((await pause({ origin: local })).status).toBe(200)
    expect((await pause({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await pause({ origin: 'null' })).status).toBe(403)
    expect((await pause({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await pause({ 'content-type': 'text/plain' })).status).toBe(415)
  })

  it('with a token: who has it', async () => {
    await using rig = await start({ adminToken: 'made-up-token' })
    const none = await get(rig, '/status')
    expect([none.status, none.json.code, none.headers.get('www-authenticate')]).toEqual([
      401,
      'TOKEN_REFUSED',
      'Bearer',
    ])
    expect((await get(rig, '/status', { authorization: 'Bearer made-up-tokem' })).status).toBe(401)
    expect((await get(rig, '/status', { authorization: 'Bearer made-up-token' })).status).toBe(200)
    expect((await get(rig, '/openapi.json', { authorization: 'Bearer made-up-token' })).json.security).toEqual([
      { token: [] },
    ])
  })

  it('on another address without a token: nobody', () => {
    const guard = createGuard({ host: '0.0.0.0', token: undefined })
    expect(guard({ headers: { host: '127.0.0.1' } })).toMatchObject({ status: 403, code: 'ADMIN_CLOSED' })
    const open = createGuard({ host: '0.0.0.0', token: 't' })
    expect(open({ headers: { host: 'tieline.internal', authorization: 'Bearer t' } })).toBeUndefined()
  })
})

describe('the OpenAPI document', () => {
  it('names exactly what is served, and every reference in it leads somewhere', async () => {
    await using rig = await start()
    const document = (await get(rig, '/openapi.json')).json
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.entries<
      Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>
    >(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    expect(operations.map(({ method, path }) => `${method} ${path.replace('/admin/v1/', '')}`)).toEqual([
      'get status',
      'get flows',
      'get messages',
      'get messages/{id}',
      'get why',
      'get dead',
      'post dead/replay',
      'post dead/discard',
      'post dead/edit',
      'get controls',
      'post pause',
      'post drain',
      'post resume',
      'post limit',
      'get gates',
      'post gates/probe',
      'get audit',
      'get openapi.json',
    ])
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
    for (const { path, method, operation } of operations) {
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
        expect(operation.parameters).toContainEqual(expect.objectContaining({ name, in: 'path', required: true }))
      }
      const called = path.replace('{id}', 'x')
      const answer = method === 'get' ? await rig.get(called) : await rig.post(called, '{}')
      expect([200, 400], `${method} ${path}`).toContain(answer.status)
    }
    const refs = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)
    for (const name of refs) expect(document.components.schemas).toHaveProperty(name)
  })

  it('describes the status that is answered', async () => {
    await using rig = await start()
    const { required } = (await get(rig, '/openapi.json')).json.components.schemas.Status
    expect(Object.keys((await get(rig, '/status')).json)).toEqual(expect.arrayContaining(required))
  })
})
