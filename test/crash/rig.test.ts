import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { needs } from '../server/needs.ts'
import { programsMissing } from '../server/postgres/programs.ts'
import { FILE_POINTS } from './rig/plan/points.ts'
import type { Report } from './rig/report.ts'

const MAIN = fileURLToPath(new URL('./rig/main.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly words: string
}

/** The rig as people start it. */
function rig(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=@tieline/source', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let words = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString()
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, words })))
}

test('a kill at each named point: nothing lost, doubled or out of order', async () => {
  const { code, output, words } = await rig('--kills', String(FILE_POINTS.length), '--seed', '1', '--json')
  const report = JSON.parse(output) as Report
  expect({ ...report, words }).toMatchObject({
    kills: FILE_POINTS.length,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    disagreed: 0,
    troubles: 0,
    neverReached: [],
    points: Object.fromEntries(FILE_POINTS.map((name) => [name, 1])),
    store: 'sqlite',
    seed: 1,
  })
  expect(report.accepted).toBeGreaterThan(0)
  expect(report.delivered).toBe(report.accepted)
  expect(report.repeats.afterKill).toBeGreaterThan(0)
  expect(code).toBe(0)
}, 120_000)

test('three workers on one PostgreSQL, kills at named points: nothing lost, doubled or out of order', async (context) => {
  needs(context, programsMissing())
  // A seed whose points every worker passes: which of them finds a dead one, and so passes the points of that, is chance.
  const { code, output, words } = await rig('--kills', '8', '--seed', '28', '--store', 'postgres', '--json')
  const report = JSON.parse(output) as Report
  expect({ ...report, words }).toMatchObject({
    ...{ kills: 8, lost: 0, doubled: 0, outOfOrder: 0, disagreed: 0, troubles: 0, neverReached: [] },
    ...{ store: 'postgres', workers: 3, pooler: false },
  })
  expect(report.accepted).toBeGreaterThan(0)
  expect(report.delivered).toBe(report.accepted)
  expect(report.repeats.afterKill).toBeGreaterThan(0)
  expect(code).toBe(0)
}, 180_000)

test('wrong use ends with 2 and one sentence', async () => {
  for (const [args, sentence] of [
    [['--kills', '0'], '--kills "0": use a whole number from 1 to 10000'],
    [['--seed', 'x'], '--seed "x": use a whole number from 1 to 2147483647'],
    [['--store', 'mysql'], '--store "mysql": use sqlite or postgres'],
    [['--workers', '3'], '--workers 3: sqlite is for one process'],
    [['--store', 'postgres', '--workers', '17'], '--workers "17": use a whole number from 1 to 16'],
    [['--pooler'], '--pooler: sqlite has none; use --store postgres'],
    [
      ['--kils', '3'],
      "Unknown option '--kils'; the options are --kills, --seed, --store, --workers, --pooler, --json, --help",
    ],
    [['3'], "Unexpected argument '3'; the options are --kills, --seed, --store, --workers, --pooler, --json, --help"],
  ] as const) {
    const { code, output, words } = await rig(...args)
    expect([code, output, words.trim()]).toEqual([2, '', sentence])
  }
})

test('an interrupted run ends its processes and leaves nothing behind', async () => {
  const child = spawn(process.execPath, ['--conditions=@tieline/source', MAIN, '--kills', '50'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString()
  })
  // The second line comes when everything runs.
  while (words.split('\n').length < 3) await new Promise((resolve) => child.stderr.once('data', resolve))
  const folder = /in (\S+)/.exec(words)?.[1] ?? ''
  expect(existsSync(folder)).toBe(true)
  child.kill('SIGINT')
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130)
  expect(existsSync(folder)).toBe(false)
}, 30_000)
