import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import type { Ended } from '../cli/spawn.ts'
import { triangle, verdictOf } from './triangle.ts'

/** Every count is there, nothing is lost, doubled or left, and the exit code says so. */
function expectAgreement(end: Ended, payments: number, signups: number): void {
  const verdict = verdictOf(end)
  expect({ ...end, ...verdict }).toMatchObject({ code: 0, lost: 0, doubled: 0, outOfOrder: 0, dead: 0, quarantined: 0 })
  const { accepted = 0, delivered = 0, skipped = 0, duplicates, seconds } = verdict
  expect(accepted).toBeGreaterThanOrEqual(payments + signups)
  expect(delivered + skipped).toBe(accepted)
  expect(duplicates).toBeGreaterThanOrEqual(0)
  expect(seconds).toBeGreaterThan(0)
}

test.concurrent('a bounded run with faults: one JSON object, nothing lost or doubled, exit 0', async () => {
  await using run = await triangle()
  const end = await run.begin('--json', '--payments', '150', '--signups', '20').end
  expectAgreement(end, 150, 20)
  expect(end.stdout.trimEnd().split('\n')).toHaveLength(1)
  expect(Object.keys(verdictOf(end)).slice(0, 8)).toEqual([
    'accepted',
    'duplicates',
    'delivered',
    'skipped',
    'dead',
    'quarantined',
    'lost',
    'doubled',
  ])
}, 60_000)

test.concurrent('live traffic ends by itself, with the first line of its state long before', async () => {
  await using run = await triangle()
  const end = await run.live('--payments', '40', '--signups', '4', '--per-second', '200').end
  expectAgreement(end, 40, 4)
  expect(end.stdout.split('\n').findIndex((line) => line.startsWith('sent '))).toBeLessThan(3)
  const { stdout } = await run.live('--help').end
  expect(stdout).toMatch(/100000 payments and 10000 sign-ups at 40 a second; it ends by itself after about 50 minutes/)
}, 60_000)

test.concurrent('the runtime is killed in the middle: it is started again, and the ledgers agree', async () => {
  await using run = await triangle()
  const began = run.begin('--payments', '150', '--signups', '20')
  const pid = await began.runtimePid()
  await run.delivered(30)
  process.kill(pid, 'SIGKILL')
  const end = await began.end
  expect(end.stdout).toContain('runtime killed by SIGKILL; starting it again')
  expectAgreement(end, 150, 20)
  expect(verdictOf(end)).toMatchObject({ starts: 2 })
}, 60_000)

test.concurrent('runtime and supervisor are killed: the next start takes the run up, and the ledgers agree', async () => {
  await using run = await triangle()
  const first = run.begin('--payments', '150', '--signups', '20')
  const pid = await first.runtimePid()
  await run.delivered(30)
  first.child.kill('SIGKILL')
  process.kill(pid, 'SIGKILL')
  await once(first.child, 'close') // the world that goes on holds no stream of theirs
  const end = await run.begin('--payments', '150', '--signups', '20').end
  expect(end.stdout).toContain('taking up the run that was interrupted')
  expectAgreement(end, 150, 20)
}, 60_000)

test.concurrent('the supervisor alone is killed: the runtime makes room for the next start at once', async () => {
  await using run = await triangle()
  const first = run.begin('--payments', '150', '--signups', '20')
  await first.runtimePid()
  await run.delivered(30)
  first.child.kill('SIGKILL')
  expectAgreement(await run.begin('--payments', '150', '--signups', '20').end, 150, 20)
}, 60_000)

test.concurrent('a port that is taken is refused with 3', async () => {
  await using run = await triangle()
  await using taken = createServer().listen(run.port, '127.0.0.1')
  await once(taken, 'listening')
  expect(await run.begin().end).toMatchObject({ code: 3, stderr: expect.stringContaining('in use') })
}, 60_000)
