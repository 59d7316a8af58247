import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FakeAdmin, fakeAdmin } from './fake-admin.ts'
import { type Ended, folder, tieline } from './spawn.ts'

const user = userInfo().username
const ESC = '\u001b'

const NOW = Date.now()
const row = {
  work: 'w1',
  source: 'stripe',
  id: 'evt_1',
  type: 'charge.refunded',
  flow: 'refunds',
  key: `cus_1${ESC}[31m`,
  state: 'dead',
  attempts: 3,
  crashes: 0,
  replays: 0,
  acceptedAtMs: NOW - 7_200_000,
  settledAtMs: NOW - 60_000,
  fault: {
    code: 'PROVIDER_REFUSED',
    message: 'no such deal',
    retryable: false,
    fingerprint: 'PROVIDER_REFUSED: no such deal',
  },
}
const journey = {
  ...row,
  effect: 'e',
  attributes: { time: '2026-01-01T00:00:00Z' },
  text: '{"id":1}',
  body: 'eyJpZCI6MX0=',
  trail: [{ atMs: NOW - 61_000, what: 'retry', fault: { ...row.fault, code: 'PROVIDER_BUSY' } }],
}
const group = {
  fingerprint: 'PROVIDER_REFUSED: no such deal',
  flow: 'refunds',
  code: 'PROVIDER_REFUSED',
  example: 'evt_1',
  count: 2,
  works: ['w1', 'w2'],
}
const status = {
  accepted: 10,
  duplicates: 1,
  delivered: 7,
  skipped: 0,
  dead: 2,
  discarded: 0,
  quarantined: 0,
  pending: 1,
  leased: 0,
  waiting: 1,
  oldestMs: 65_000,
  flows: [{ flow: 'refunds', pending: 1 }],
  ready: true,
  uptimeMs: 3_600_000,
  store: 'sqlite',
  owner: 'host:1',
}
const pause = {
  target: 'flow:refunds',
  kind: 'pause',
  why: `${user}: CRM down`,
  sinceMs: NOW,
  untilMs: NOW + 1_800_000,
}

const gate = {
  target: 'connector:crm',
  kind: 'breaker',
  state: 'closed',
  forMs: 12_000,
  opensInMs: 48_000,
  why: `5 of 5 calls failed${ESC}[2J`,
}

const answers = {
  'GET status': status,
  'GET controls': { controls: [pause] },
  'GET flows': { flows: [] },
  'GET messages': { items: [row], next: 'cursor' },
  'GET messages/evt_1': { items: [journey] },
  'GET why': {
    key: 'cus_1',
    lanes: [{ flow: 'refunds', key: 'cus_1', pending: 4, sentence: 'a dead letter holds the key' }],
  },
  'GET dead': { groups: [group, { ...group, flow: 'payments' }] },
  'POST dead/replay': { moved: ['w1', 'w2'] },
  'POST dead/discard': { moved: [] },
  'POST dead/edit': { moved: ['w1'] },
  'POST pause': pause,
  'POST resume': {},
  'POST drain': { ...pause, kind: 'drain' },
  'GET gates': { gates: [gate] },
  'POST gates/probe': { gates: [{ ...gate, state: 'probing' }] },
  'GET audit': { entries: [{ atMs: NOW, verb: 'pause', target: 'flow:refunds', why: `${user}: CRM down` }] },
  'POST limit': { ...pause, kind: 'limit', concurrency: 4 },
}

async function ask(admin: FakeAdmin, ...args: string[]): Promise<Ended> {
  return tieline(args, { env: { TIELINE_URL: `${admin.url}/`, TIELINE_ADMIN_TOKEN: 'made-up' } })
}

describe('with --json, standard output is one JSON document', () => {
  test.each([
    { args: ['status'], has: { pending: 1, ready: true, controls: [pause] } },
    { args: ['flows', '--url', ''], has: { flows: [] } },
    { args: ['messages', 'list'], has: { next: 'cursor', items: [row] } },
    { args: ['messages', 'show', 'evt_1'], has: { items: [journey] } },
    { args: ['why', 'cus_1'], has: { key: 'cus_1' } },
    {
      args: ['dead', 'list'],
      has: { groups: [{ group: expect.stringMatching(/^[0-9a-f]{8}$/), ...group }, { flow: 'payments' }] },
    },
    { args: ['dead', 'show', 'evt_1'], has: { items: [journey] } },
    { args: ['dead', 'replay', 'w1', 'w2'], has: { moved: ['w1', 'w2'] } },
    { args: ['pause', 'flow:refunds'], has: pause },
    { args: ['resume', 'flow:refunds'], has: { resumed: true } },
    { args: ['limit', 'flow:refunds', '--concurrency', '4'], has: { concurrency: 4 } },
    { args: ['gates'], has: { gates: [{ state: 'closed', opensInMs: 48_000 }] } },
    { args: ['gates', 'probe', 'connector:crm'], has: { gates: [{ state: 'probing' }] } },
    { args: ['audit'], has: { entries: [{ verb: 'pause' }] } },
  ])('$args', async ({ args, has }) => {
    await using admin = await fakeAdmin(answers)
    const { code, stdout, stderr } = await ask(admin, ...args.map((arg) => (arg === '' ? admin.url : arg)), '--json')
    expect(JSON.parse(stdout)).toMatchObject(has)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(admin.asked[0]?.token).toBe('Bearer made-up')
  })
})

describe('for people', () => {
  test('status', async () => {
    await using admin = await fakeAdmin(answers)
    const { stdout } = await ask(admin, 'status')
    expect(stdout).toContain('ready')
    expect(stdout).toContain('up 1h')
    expect(stdout).toMatch(/^oldest {7}1m 5s$/m)
    expect(stdout).toMatch(/^flow:refunds paused (now|[\d.]+m?s ago), ends in (30m|29m \d+s): /m)
    expect(stdout).not.toContain(ESC)
  })

  test('messages: filters are passed on, times are relative, control characters of senders are shown', async () => {
    await using admin = await fakeAdmin(answers)
    const { stdout } = await ask(admin, 'messages', 'list', '--state', 'dead', '--key', 'a b&c', '--limit', '5')
    expect(admin.asked[0]?.path).toBe('messages?state=dead&key=a+b%26c&limit=5')
    const [titles = '', line = ''] = stdout.split('\n')
    expect(line).toContain('cus_1\\x1b[31m')
    expect(line.slice(titles.indexOf('ACCEPTED'))).toMatch(/^2h ago {4}PROVIDER_REFUSED$/)
    expect(stdout).toContain('more: --after cursor')
  })

  test('the journey of one message', async () => {
    await using admin = await fakeAdmin(answers)
    const { stdout } = await ask(admin, 'messages', 'show', 'evt_1')
    expect(stdout).toMatch(/retry {2}PROVIDER_BUSY: no such deal$/m)
    expect(stdout).toContain('{"id":1}')
    expect(stdout).toContain('(2h ago)')
  })

  test('why', async () => {
    await using admin = await fakeAdmin(answers)
    expect((await ask(admin, 'why', 'cus_1')).stdout).toBe('refunds (4 pending): a dead letter holds the key\n')
  })

  test('colours only when they are asked for', async () => {
    await using admin = await fakeAdmin(answers)
    const env = { TIELINE_URL: admin.url }
    expect((await tieline(['status'], { env: { ...env, FORCE_COLOR: '1' } })).stdout).toContain(ESC)
    expect((await tieline(['status'], { env: { ...env, NO_COLOR: '1' } })).stdout).not.toContain(ESC)
  })
})

describe('dead letters', () => {
  test('a group is named by its short id, and the fingerprint is sent', async () => {
    await using admin = await fakeAdmin(answers)
    const { stdout } = await ask(admin, 'dead', 'list')
    const id = /^([0-9a-f]{8}) +2 +refunds/m.exec(stdout)?.[1] ?? ''
    await ask(admin, 'dead', 'replay', '--group', id, '--rate', '20', '--why', 'repaired')
    expect(admin.asked.at(-1)?.body).toEqual({
      flow: 'refunds',
      fingerprint: group.fingerprint,
      rate: 20,
      why: `${user}: repaired`,
    })
  })

  test('--all goes flow by flow', async () => {
    await using admin = await fakeAdmin(answers)
    await ask(admin, 'dead', 'replay', '--all')
    const sent = admin.asked.filter(({ method }) => method === 'POST').map(({ body }) => body)
    expect(sent).toEqual([
      { flow: 'refunds', why: `by ${user}` },
      { flow: 'payments', why: `by ${user}` },
    ])
  })

  test('nothing moved is 1', async () => {
    await using admin = await fakeAdmin(answers)
    const { code, stdout } = await ask(admin, 'dead', 'discard', 'w9')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '0 dead letters discarded.\n' })
  })

  test('edit sends the file', async () => {
    await using admin = await fakeAdmin(answers)
    await using files = await folder({ 'fixed.json': '{"id":2}' })
    const { code } = await ask(admin, 'dead', 'edit', 'w1', '--file', join(files.path, 'fixed.json'), '--why', 'typo')
    expect(admin.asked[0]?.body).toEqual({
      work: 'w1',
      body: Buffer.from('{"id":2}').toString('base64'),
      why: `${user}: typo`,
    })
    expect(code).toBe(0)
  })
})

test('an operator’s hand carries its duration and reason', async () => {
  await using admin = await fakeAdmin(answers)
  await ask(admin, 'pause', 'flow:refunds', '--for', '30m', '--why', 'CRM down')
  await ask(admin, 'limit', 'connector:crm', '--concurrency', '4')
  await ask(admin, 'limit', 'operation:crm.deals.upsert', '--rate', '90/m')
  await ask(admin, 'gates', 'probe', 'connector:crm', '--why', 'it is over')
  expect(admin.asked.map(({ path, body }) => [path, body])).toEqual([
    ['pause', { target: 'flow:refunds', for: '30m', why: `${user}: CRM down` }],
    ['limit', { target: 'connector:crm', concurrency: 4, why: `by ${user}` }],
    ['limit', { target: 'operation:crm.deals.upsert', perSecond: 1.5, why: `by ${user}` }],
    ['gates/probe', { target: 'connector:crm', why: `${user}: it is over` }],
  ])
})

test('gates and the audit, for people: one line each, whatever a provider writes', async () => {
  await using admin = await fakeAdmin(answers)
  const { stdout } = await ask(admin, 'gates')
  expect(stdout).toContain('connector:crm  breaker  closed for 12 s, tried again in 48 s: 5 of 5 calls failed')
  expect(stdout).not.toContain(`${ESC}[2J`)
  expect((await ask(admin, 'audit')).stdout).toMatch(/^\d{4}-.*Z {2}pause {3}flow:refunds: .*CRM down\n$/)
})

test('drain waits until nothing is at work any more, and a resume in between ends it', async () => {
  let left = 2
  let resumed = false
  const draining = { ...pause, kind: 'drain' }
  await using admin = await fakeAdmin({
    ...answers,
    get 'GET controls'() {
      return { controls: resumed ? [] : [{ ...draining, left: left > 0 ? left-- : 0 }] }
    },
  })
  const { stdout, code } = await ask(admin, 'drain', 'flow:refunds')
  expect({ stdout, code }).toEqual({
    stdout: 'Nothing of flow:refunds is at work any more; its messages wait until you resume it.\n',
    code: 0,
  })
  resumed = true
  expect((await ask(admin, 'drain', 'flow:refunds')).stdout).toBe('flow:refunds was resumed.\n')
})
