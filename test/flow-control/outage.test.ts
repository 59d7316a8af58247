import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { needs } from '../server/needs.ts'
import { postgresMissing } from '../server/postgres/programs.ts'
import { deepest } from './measure.ts'
import { nowMs } from './now.ts'
import type { Call } from './provider.ts'
import { fleet, type Rig, sleep, until, type Worker } from './rig.ts'

let rig: Rig
let workers: Worker[]

beforeEach((context) => needs(context, postgresMissing()))
beforeAll(async () => {
  if (postgresMissing() === undefined) ({ rig, workers } = await fleet(3))
}, 30_000)
afterEach(() => {
  if (rig !== undefined) rig.provider.answer = () => ({})
})
afterAll(() => rig?.[Symbol.asyncDispose]())

const of = (flow: string): readonly Call[] => rig.provider.calls.filter((call) => call.flow === flow)
const since = (flow: string, from: number): readonly Call[] => of(flow).filter(({ sentMs }) => sentMs >= from)
const callers = (calls: readonly Call[]): number => new Set(calls.map(({ worker }) => worker)).size

interface Gates {
  readonly gates: readonly { readonly target: string; readonly kind: string; readonly state: string }[]
}

test('a breaker that opens stops all workers within 1.2 seconds, one of them tries, and then all go on', {
  timeout: 40_000,
}, async () => {
  const count = 900
  let down = true
  rig.provider.answer = () => (down ? { status: 503 } : { afterMs: 50 })
  await rig.feed('fragile', count)
  await until('it fails', () => of('fragile').length >= 5)
  const failedMs = of('fragile')[4]!.sentMs
  await until('the first try', () => since('fragile', failedMs + 1_200).length > 0, 6_000)
  await sleep(1_500)
  const tries = since('fragile', failedMs + 1_200)
  const opened = of('fragile').length - tries.length
  expect(tries).toHaveLength(1) // it failed as well
  expect(tries[0]!.sentMs - failedMs).toBeGreaterThanOrEqual(2_950)
  for (const one of workers)
    expect((await one.get<Gates>('gates')).gates).toContainEqual(
      expect.objectContaining({ target: 'connector:fragile', kind: 'breaker', state: 'closed' }),
    )
  const before = of('fragile')
  down = false
  await until('the second try', () => of('fragile').length > before.length, 4_000)
  const second = of('fragile')[before.length]!
  await until('its answer', () => second.endMs !== undefined)
  const healed = second.endMs as number
  await sleep(1_200) // a second, and what a busy machine adds
  const after = since('fragile', healed)
  console.info(
    `breaker: ${opened} calls failed, tries ${tries.map(({ sentMs }) => Math.round(sentMs - failedMs))} and ${Math.round(second.sentMs - failedMs)} ms after it, ` +
      `${workers.map(({ pid }) => Math.round((after.find(({ worker }) => worker === pid)?.sentMs ?? Number.NaN) - healed))} ms until each goes on`,
  )
  expect(since('fragile', second.sentMs).filter(({ sentMs }) => sentMs < healed)).toEqual([second])
  expect(callers(after)).toBe(3)
  const done = async (): Promise<boolean> => {
    const { flows, dead } = await rig.store.status()
    expect(dead).toBe(0)
    return (flows.find(({ flow }) => flow === 'fragile')?.pending ?? 0) === 0
  }
  await until('all are delivered', done, 8_000)
  // What was called is what is counted: waiting burnt no attempt.
  const rows = await rig.rows('fragile')
  expect(rows).toHaveLength(count)
  const calls = Map.groupBy(of('fragile'), ({ id }) => id)
  for (const { id, attempts, state } of rows)
    expect([id, state, attempts]).toEqual([id, 'delivered', calls.get(id)?.length])
})

test('an order to wait holds for all workers within a second, and then calls begin slowly', {
  timeout: 40_000,
}, async () => {
  const orderedMs = 3_000
  let refusing = true
  rig.provider.answer = () => (refusing ? { status: 429, headers: { 'retry-after': '3' } } : { afterMs: 40 })
  await rig.feed('busy', 700)
  await until('it refuses', () => of('busy').some(({ endMs }) => endMs !== undefined))
  const refused = of('busy')[0]!.endMs as number
  await sleep(1_500)
  refusing = false
  const quiet = since('busy', refused + 1_000).length
  const orders = of('busy').length
  await until('it goes on', () => of('busy').length > orders, 6_000)
  await sleep(1_500)
  const after = of('busy').slice(orders)
  const first = after[0]!.sentMs
  console.info(
    `429: ${orders} refused, the last ${Math.round(of('busy')[orders - 1]!.sentMs - refused)} ms after the first answer; goes on after ${Math.round(first - refused)} ms, ` +
      `${[40, 80, 120, 160, 200, 400].map((ms) => after.filter(({ sentMs }) => sentMs < first + ms).length)} calls in 40, 80, 120, 160, 200, 400 ms`,
  )
  expect(quiet).toBe(0)
  expect(first - refused).toBeGreaterThanOrEqual(orderedMs - 50)
  // One at a time in each worker, and one more with each that went well.
  for (const { pid } of workers) {
    const its = after.filter(({ worker }) => worker === pid)
    expect(its.length).toBeGreaterThan(10)
    for (const call of its.slice(0, 30)) {
      const before = its.filter(({ sentMs }) => sentMs < call.sentMs)
      const well = before.filter(({ endMs = Number.POSITIVE_INFINITY }) => endMs <= call.sentMs).length
      expect(before.length - well).toBeLessThanOrEqual(well + 1)
    }
  }
  expect((await rig.store.status()).dead).toBe(0)
})

test('a bulkhead of four lets four calls at a time through, all slots are used, and a killed worker leaves its own', {
  timeout: 40_000,
}, async () => {
  const tookMs = 100
  rig.provider.answer = ({ flow }) => (flow === 'narrow' ? { afterMs: tookMs } : {})
  await rig.feed('narrow', 1_200)
  // What the provider works on it works on to the end, whether its caller lives or not.
  const spans = (calls: readonly Call[]) =>
    calls.map(({ atMs, endMs }) => ({ atMs, endMs: Math.max(endMs ?? 0, atMs + tookMs) }))
  /** Slots in use, on average. */
  const used = (from: number, to: number): number =>
    spans(of('narrow')).reduce(
      (sum, { atMs, endMs }) => sum + Math.max(0, Math.min(endMs, to) - Math.max(atMs, from)),
      0,
    ) /
    (to - from)
  /** Comes to use three of four over two seconds: between two calls a slot is empty while one is settled and the next is claimed. */
  async function fills(): Promise<string> {
    const from = nowMs()
    let best = 0
    const full = (): boolean => {
      const to = nowMs()
      if (to - from >= 2_000) best = Math.max(best, used(to - 2_000, to))
      return best >= 3
    }
    await until('the slots are used', full, 12_000).catch(() => undefined)
    expect(best).toBeGreaterThanOrEqual(3)
    return `${best.toFixed(2)} of 4 used by ${callers(since('narrow', nowMs() - 2_000))}`
  }
  await sleep(2_000)
  const three = await fills()
  const killed = workers.shift() as Worker
  killed.signal('SIGKILL')
  await sleep(4_000)
  const two = await fills()
  const most = deepest(spans(of('narrow')))
  console.info(`bulkhead: at most ${most} at a time; ${three}, ${two}`)
  expect(most).toBeLessThanOrEqual(4)
  expect(three).toMatch(/by 3$/)
})
