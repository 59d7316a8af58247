import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ended, said } from '../cli/spawn.ts'
import { type Sink, startSink } from '../example/sink.ts'
import { ENV, install, MODULES, type Packed, pack, temporary } from './installed.ts'

const CONFIG = `import { flow, secret, target, tieline } from 'tieline'
import { http } from 'tieline/http'
import { stripe } from 'tieline/stripe'

const url: string = process.env['SINK_URL'] ?? 'http://127.0.0.1:9'
const sink = http('sink', { baseUrl: url, allow: ['127.0.0.1'] })
const payments = stripe({ webhookSecret: secret('STRIPE_SECRET') })

export default tieline({
  flows: [
    flow('forward', {
      from: payments.any(),
      key: (event) => event.id,
      to: target('sink', {
        call: sink.post('/here', { name: 'forward' }),
        with: (data, { source, id, type, key }) => ({ source, id, type, key, data }),
      }),
    }),
  ],
})
`
const SECRET = 'whsec_made_up'
const here = temporary()
const project = join(here.path, 'project')
let packed: Packed
let why: string | undefined
let sink: Sink

beforeAll(async () => {
  sink = await startSink()
  packed = await pack(here.path)
  why = await install(packed, project)
  writeFileSync(join(project, 'tieline.config.ts'), CONFIG)
}, 180_000)
afterAll(async () => {
  await sink[Symbol.asyncDispose]()
  here[Symbol.dispose]()
})

/** `npx tieline …` in the project. */
function npx(...args: readonly string[]) {
  const env = { ...ENV, TIELINE_PORT: '0', SINK_URL: sink.url, STRIPE_SECRET: SECRET }
  return spawn('npx', ['--no-install', 'tieline', ...args], { cwd: project, env })
}

/** The process itself: npx may not pass signals on. */
async function ready(child: ReturnType<typeof npx>): Promise<{ readonly url: string; readonly pid: number }> {
  const line = (await said(child, '"ready":true')).split('\n').find((text) => text.startsWith('{"ready"'))
  return JSON.parse(line ?? '')
}

test('the tarball has what people need, and no tests', () => {
  const { files } = packed
  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json', 'dist/cli/main.js']),
  )
  expect(files.filter((file) => /\.test\.|\.db|(^|\/)(test|bench|examples|node_modules)\//.test(file))).toEqual([])
  const tops = new Set(files.map((file) => file.split('/')[0]))
  expect([...tops].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'src'])
  for (const file of files.filter((name) => name.startsWith('src/'))) {
    expect(files).toContain(file.replace(/^src/, 'dist').replace(/\.ts$/, '.js'))
  }
})

describe('installed elsewhere', () => {
  beforeEach((context) => context.skip(why !== undefined, why))

  test('tieline check', async () => {
    const { code, stdout } = await ended(npx('check', '--json'))
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, flows: 1, findings: [] })
  }, 30_000)

  test('every export can be imported', async () => {
    const text = `const { exports } = (await import('tieline/package.json', { with: { type: 'json' } })).default
for (const name of Object.keys(exports).filter((one) => !one.endsWith('.json')))
  console.log(name, Object.keys(await import('tieline' + name.slice(1))).length > 0)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', text], { cwd: project, env: ENV })
    const { code, stdout, stderr } = await ended(child)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).not.toContain('false')
    expect(stdout).toContain('./sqlite true')
  })

  test('the types of the package are whole: the configuration is checked with them, libraries included', async () => {
    const options = '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2024'.split(' ')
    const types = ['--types', 'node', '--typeRoots', join(MODULES, '@types')]
    const args = [join(MODULES, 'typescript/bin/tsc'), ...options, ...types, 'tieline.config.ts']
    const { code, stdout } = await ended(spawn(process.execPath, args, { cwd: project, env: ENV }))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  }, 30_000)

  test('tieline start takes a webhook and delivers it', async () => {
    const child = npx('start', '--json')
    const end = ended(child)
    const { url, pid } = await ready(child)
    const body = JSON.stringify({ id: 'evt_1', type: 'x', created: 1, data: { object: {} } })
    const signature = new Stripe('sk_test_made_up').webhooks.generateTestHeaderString({ payload: body, secret: SECRET })
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
    const answer = await fetch(`${url}/in/stripe`, { method: 'POST', body, headers })
    expect([answer.status, await answer.json()]).toEqual([202, { id: 'evt_1', duplicate: false }])
    await sink.until(() => sink.of('evt_1').length === 1)
    expect(sink.of('evt_1')[0]).toMatchObject({ path: '/here', attempt: 1, body: { source: 'stripe', key: 'evt_1' } })
    process.kill(pid, 'SIGTERM')
    expect(await end).toMatchObject({ code: 0, stderr: expect.stringContaining('drained') })
  }, 30_000)

  test('tieline dev --sandbox finds its own processes', async () => {
    const child = npx('dev', '--sandbox', '--sandbox-port', '0', '--json')
    const end = ended(child)
    const { url, pid } = await ready(child)
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    process.kill(pid, 'SIGTERM')
    expect(await end).toMatchObject({ code: 0, stderr: expect.stringContaining('sandbox: payments http') })
  }, 30_000)
})
