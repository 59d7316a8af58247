import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test, vi } from 'vitest'
import { begin, ended } from '../cli/spawn.ts'
import { type Folder, folder } from '../crash/folder.ts'
import { configOf, type Runtime, startRuntime } from './runtime.ts'
import { SECRETS, sender } from './senders.ts'
import { type Sink, startSink } from './sink.ts'
import { freePort } from './triangle.ts'

const start = (sink: Sink, file: string): Promise<Runtime> =>
  startRuntime('every-source', { ...SECRETS, SINK_URL: sink.url, TIELINE_STORE: `sqlite:${file}` })

/** `tieline start` that is expected to give up. */
async function refused(store: string, ...more: readonly string[]) {
  const env = { ...SECRETS, TIELINE_STORE: store, TIELINE_PORT: '0' }
  const child = begin(['start', '--config', configOf('every-source'), ...more], { env })
  child.stdout?.on('data', (chunk) => {
    if (/^ready in|"ready":true/.test(String(chunk))) child.kill('SIGKILL')
  })
  return ended(child)
}

const standard = sender('standard')

async function send(runtime: Runtime, id: string, bytes = 0) {
  const data = { type: 'invoice.paid', data: { ballast: 'x'.repeat(bytes) } }
  const made = { ...standard.event(id), body: JSON.stringify(data) }
  const signature = await standard.sign(standard.secrets?.[0] ?? '', made, Date.now())
  return runtime.post(made.path, made.body, { ...made.headers, ...signature })
}

test('a second process on one store is refused and says whose it is; the first goes on', async () => {
  using here = folder()
  await using sink = await startSink()
  const file = here.file('tieline.db')
  await using first = await start(sink, file)
  const { code, stdout, stderr } = await refused(`sqlite:${file}`)
  expect([code, stdout]).toEqual([3, ''])
  expect(stderr).toContain('STORE_LOCKED')
  expect(stderr).toContain(`tieline.db is in use by process ${first.ready['pid']} `)
  expect(stderr).toContain('Stop the other process')
  expect((await send(first, 'after')).status).toBe(202)
  await first.settled()
})

/** The file of a store that has worked. */
async function worked(file: string): Promise<void> {
  await using sink = await startSink()
  await using runtime = await start(sink, file)
  for (let n = 0; n < 50; n++) await send(runtime, `n${n}`, 2_000)
  await runtime.settled()
  await runtime.stop()
}

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

test.each([
  ['overwritten in the middle', (bytes: Buffer) => bytes.fill(0xa5, 8 * 4_096, 9 * 4_096)],
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
  ['no database at all', () => Buffer.from('{"this": "is a note"}\n'.repeat(300))],
])('a database file that is %s is refused with 3, and left as it is', async (_, damage) => {
  using here = folder()
  const file = here.file('tieline.db')
  await worked(file)
  writeFileSync(file, damage(readFileSync(file)))
  const before = digestOf(file)
  const { code, stdout, stderr } = await refused(`sqlite:${file}`)
  expect([code, stdout]).toEqual([3, ''])
  expect(stderr).toContain('STORE_CORRUPT')
  expect(stderr).toContain(file)
  expect(stderr).toContain('Restore the file from a backup')
  expect(stderr).not.toMatch(/\n\s+at /) // no stack: it is no bug of ours
  const json = await refused(`sqlite:${file}`, '--json')
  expect([json.code, JSON.parse(json.stdout).error.code]).toEqual([3, 'STORE_CORRUPT'])
  expect(digestOf(file)).toBe(before)
})

test.each([
  ['a folder in place of a file', `sqlite:${tmpdir()}`],
  ['another kind of store', 'mongodb://localhost/x'],
  ['no path', 'sqlite:'],
  ['a path below a file', 'sqlite:/etc/hosts/tieline.db'],
])('%s is refused with 3 and what to do', async (_, store) => {
  const { code, stdout, stderr } = await refused(store)
  expect([code, stdout]).toEqual([3, ''])
  expect(stderr).toMatch(/^[A-Z_]+: .*\n {2}\S.*\n$/)
  expect(stderr).not.toContain('UNKNOWN')
})

test('memory: is a store for tries; TIELINE_HOST and TIELINE_PORT say where it listens', async () => {
  await using sink = await startSink()
  const port = await freePort()
  const where = { TIELINE_HOST: 'localhost', TIELINE_PORT: `${port}`, TIELINE_STORE: 'memory:' }
  await using runtime = await startRuntime('every-source', { ...SECRETS, SINK_URL: sink.url, ...where })
  expect(new URL(runtime.url).port).toBe(`${port}`)
  expect((await send(runtime, 'a')).status).toBe(202)
  expect(await runtime.settled()).toMatchObject({ accepted: 1, delivered: 1 })
})

const DISK_MB = 64
const BALLAST_MB = 16

/** A small file system; needs root on Linux. */
function smallDisk(): Folder | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const here = folder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', here.path], { stdio: 'ignore' })
  } catch {
    here[Symbol.dispose]()
    return undefined
  }
  return {
    ...here,
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', here.path])
      here[Symbol.dispose]()
    },
  }
}

test('a full disk: 503 with Retry-After, nothing acknowledged is lost, and it goes on when space returns', async (context) => {
  using disk = smallDisk()
  if (disk === undefined) return context.skip('mounting a small disk needs root on Linux')
  const ballast = disk.file('ballast')
  writeFileSync(ballast, Buffer.alloc(BALLAST_MB << 20))
  await using sink = await startSink()
  const file = disk.file('tieline.db')
  await using runtime = await start(sink, file)
  const acknowledged: string[] = []
  let refusal = await send(runtime, 'first', 900_000)
  for (let n = 0; refusal.status === 202 && n < DISK_MB * 2; n++) {
    acknowledged.push(refusal.json.id)
    refusal = await send(runtime, `n${n}`, 900_000)
  }
  expect([refusal.status, refusal.json.code]).toEqual([503, 'STORE_FULL'])
  expect(refusal.headers['content-type']).toBe('application/problem+json')
  expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(0)
  expect(acknowledged.length).toBeGreaterThan(5)
  expect((await runtime.get('/health/live')).status).toBe(200)
  expect((await runtime.status()).accepted).toBe(acknowledged.length)

  rmSync(ballast)
  await vi.waitFor(async () => expect((await send(runtime, 'last', 900_000)).status).toBe(202), { timeout: 10_000 })
  acknowledged.push('msg_last')
  await sink.until(() => acknowledged.every((id) => sink.of(id).some(({ status }) => status === 200)))
  const { accepted, delivered, dead } = await runtime.settled()
  expect({ accepted, delivered, dead }).toEqual({
    accepted: acknowledged.length,
    delivered: acknowledged.length,
    dead: 0,
  })
  expect(await runtime.stop()).toBe(0)
})
