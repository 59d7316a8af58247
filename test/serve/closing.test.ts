import { connect, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { signGithub } from '../../src/adapter/signature/index.ts'
import { GITHUB_SECRET, startRig } from './rig.ts'

const BODY = '{}'
const REQUEST =
  `POST /in/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n` +
  `X-Hub-Signature-256: ${signGithub(GITHUB_SECRET, Buffer.from(BODY))}\r\n\r\n${BODY}`

/** Collects what a connection says. */
function listen(port: number): Promise<{ socket: Socket; text: () => string; closed: Promise<void> }> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => resolve({ socket, text: () => text, closed }))
    const closed = new Promise<void>((end) => socket.on('close', () => end()))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
  })
}

it('finishes what is under way, refuses what comes meanwhile, then closes', async () => {
  const gate = Promise.withResolvers<void>()
  await using rig = await startRig({
    take: async ({ events }) => {
      await gate.promise
      return { as: 'accepted', messages: events.map(({ id }) => ({ id, duplicate: false })) }
    },
  })
  const line = await listen(rig.port)
  line.socket.write(REQUEST)
  while (rig.taken.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const closing = rig.gateway.close(5_000)
  await expect(listenFails(rig.port)).resolves.toBe('ECONNREFUSED')
  line.socket.write(REQUEST) // pipelined behind the one under way
  gate.resolve()
  await closing
  await line.closed
  expect(line.text()).toMatch(/^HTTP\/1\.1 202 /)
  expect(line.text()).toContain('Connection: close')
  expect(rig.taken).toHaveLength(1)
})

it('answers 503 on a connection that stays open, with Retry-After and Connection: close', async () => {
  const gate = Promise.withResolvers<void>()
  await using rig = await startRig({
    take: async () => {
      await gate.promise
      return { as: 'accepted', messages: [] }
    },
  })
  // A request that is still arriving keeps its connection open while the gateway closes.
  const line = await listen(rig.port)
  line.socket.write(REQUEST.slice(0, 40))
  await rig.get('/health/live') // by then the connection before it was taken up
  await rig.get('/health/live')
  const closing = rig.gateway.close(5_000)
  line.socket.write(REQUEST.slice(40))
  await closing
  await line.closed
  expect(line.text()).toMatch(/^HTTP\/1\.1 503 /)
  expect(line.text()).toContain('Retry-After: 5')
  expect(line.text()).toContain('Connection: close')
  expect(line.text()).toContain('"code":"STOPPING"')
  expect(rig.taken).toHaveLength(0)
  gate.resolve()
})

it('cuts what does not end in time', async () => {
  await using rig = await startRig({ take: () => new Promise(() => {}) })
  const line = await listen(rig.port)
  line.socket.write(REQUEST)
  while (rig.taken.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await rig.gateway.close(30)
  await line.closed
  expect(line.text()).toBe('')
  expect(rig.logged).toContainEqual(expect.objectContaining({ event: 'gateway.connections-cut' }))
})

it('holds and resumes accepting, and says so to the ready probe', async () => {
  await using rig = await startRig()
  const headers = { 'x-hub-signature-256': signGithub(GITHUB_SECRET, Buffer.from(BODY)) }
  rig.gateway.hold('the disk is full')
  const held = await rig.post('/in/github', BODY, headers)
  expect([held.status, held.json.detail, held.headers.get('retry-after')]).toEqual([503, 'the disk is full', '5'])
  const ready = await rig.get('/health/ready')
  expect([ready.status, ready.json]).toEqual([
    503,
    expect.objectContaining({ ready: false, reason: 'the disk is full' }),
  ])
  expect((await rig.get('/health/live')).json).toEqual({ live: true })
  rig.gateway.resume()
  expect((await rig.post('/in/github', BODY, headers)).status).toBe(202)
  expect((await rig.get('/health/ready')).json).toMatchObject({ ready: true, pending: 1, oldestMs: 1_500 })
})

function listenFails(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
}
