import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { fakeAdmin } from './fake-admin.ts'
import { tieline } from './spawn.ts'

describe('wrong use ends with 2 and says what to do', () => {
  test.each([
    { args: ['statsu'], says: 'Did you mean status?' },
    { args: ['status', '--jsno'], says: 'Did you mean --json?' },
    { args: ['dead', 'lst'], says: 'Did you mean list?' },
    { args: ['dead'], says: 'a verb is missing' },
    { args: [], says: 'a verb is missing' },
    { args: ['limit', 'flow:x', '--concurrency', '0'], says: 'Use a whole number from 1 to 4096.' },
    { args: ['limit', 'flow:x'], says: 'give --concurrency <n> or --rate <n/s>' },
    { args: ['limit', 'connector:x', '--rate', '5'], says: 'Use a number of calls and a unit: 20/s' },
    { args: ['pause', 'flow:x', '--for', 'soon'], says: 'write a number and a unit' },
    { args: ['messages', 'list', '--state', 'lost'], says: 'Allowed choices are pending' },
    { args: ['dead', 'replay'], says: 'say which dead letters' },
    { args: ['dead', 'replay', 'w1', '--all'], says: 'say which dead letters' },
    { args: ['dead', 'edit', 'w1', '--file', 'nowhere.json'], says: 'nowhere.json cannot be read' },
    { args: ['check', '--skip', 'call-timeut', '--config', 'good.config.ts'], says: 'Allowed choices are' },
    { args: ['status', '--url', 'localhost:4400'], says: 'write http://HOST:PORT' },
  ])('tieline $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await tieline(args)
    expect(stderr).toMatch(new RegExp(says.replace(/[.?()$]/g, '\\$&')))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  test('as JSON it is one document on standard output', async () => {
    const { code, stdout, stderr } = await tieline(['status', '--json', '--urll', 'x'])
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'REQUEST_INVALID', message: "unknown option '--urll'" })
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  })
})

describe('what cannot be reached ends with 3', () => {
  test('nobody listens', async () => {
    const { code, stderr } = await tieline(['status', '--url', `http://127.0.0.1:${await freePort()}`])
    expect(stderr).toContain('ECONNREFUSED')
    expect(stderr).toContain('tieline start')
    expect(code).toBe(3)
  })

  test('it is something else', async () => {
    await using other = await fakeAdmin({ 'GET status': '<html>', 'GET controls': { controls: [] } })
    const { code, stdout } = await tieline(['status', '--json', '--url', other.url])
    expect(JSON.parse(stdout).error.message).toContain('answered 200, not JSON')
    expect(code).toBe(3)
  })

  test('the token is refused', async () => {
    const refused = { status: 401, code: 'TOKEN_REFUSED', detail: 'the token is wrong' }
    await using admin = await fakeAdmin({ 'GET status': refused, 'GET controls': refused })
    const { code, stderr } = await tieline(['status', '--url', admin.url])
    expect(stderr).toContain('TOKEN_REFUSED: the token is wrong')
    expect(code).toBe(3)
  })

  test('no configuration file', async () => {
    const { code, stderr } = await tieline(['start'])
    expect(stderr).toContain('tieline.config.ts: there is no such file')
    expect(code).toBe(3)
  })
})

test('what the runtime refuses for the contract ends with 1, with the issues', async () => {
  const issues = [{ path: 'amount', message: 'is missing' }]
  const refused = { status: 422, code: 'CONTRACT_BROKEN', detail: 'payment v1 is broken', issues }
  await using admin = await fakeAdmin({ 'POST dead/edit': refused })
  const { code, stderr } = await tieline(['dead', 'edit', 'w1', '--file', 'good.config.ts', '--url', admin.url])
  expect(stderr).toContain('CONTRACT_BROKEN: payment v1 is broken; amount is missing')
  expect(code).toBe(1)
})

test('an id that nothing has ends with 1', async () => {
  await using admin = await fakeAdmin({ 'GET messages/evt_0': { items: [] } })
  const { code, stdout } = await tieline(['messages', 'show', 'evt_0', '--json', '--url', admin.url])
  expect(JSON.parse(stdout).error.code).toBe('NOT_FOUND')
  expect(code).toBe(1)
})

test('what the runtime does not know ends with 1', async () => {
  await using admin = await fakeAdmin({
    'GET messages/evt_0': { status: 404, code: 'NOT_FOUND', detail: 'no message evt_0' },
  })
  const { code, stderr } = await tieline(['messages', 'show', 'evt_0', '--url', admin.url])
  expect(stderr).toContain('no message evt_0')
  expect(code).toBe(1)
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}
