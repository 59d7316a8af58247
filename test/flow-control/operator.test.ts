import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../server/needs.ts'
import { postgresMissing } from '../server/postgres/programs.ts'
import { densest } from './measure.ts'
import { nowMs } from './now.ts'
import type { Call } from './provider.ts'
import { fleet, type Rig, sleep, until, type Worker } from './rig.ts'

/** "In effect on all workers within a second." */
/** Until each worker has its part of a small limit: what another had is used a window later. */
const PARTS_MS = 3_000
const EFFECT_MS = 1_000

interface Control {
  readonly target: string
  readonly kind: string
  readonly left?: number
}

/** Two operations of one connector under way all the time. One worker is told, the two others are looked at. */
describe("an operator's hand, by one worker's admin API", () => {
  let rig: Rig
  let workers: Worker[]
  let told: Worker
  let another: Worker
  const verbs: string[] = []

  beforeEach((context) => needs(context, postgresMissing()))
  beforeAll(async () => {
    if (postgresMissing() !== undefined) return
    ;({ rig, workers } = await fleet(3))
    told = workers[0] as Worker
    another = workers[2] as Worker
    await rig.feed('steered', 1_500, 24)
    await rig.feed('beside', 1_500, 24)
    await until('all call', () => callers(rig.provider.calls) === 3, 5_000)
    await sleep(1_500)
  }, 30_000)
  afterAll(() => rig?.[Symbol.asyncDispose]())

  const since = (from: number, which: (call: Call) => boolean = () => true): readonly Call[] =>
    rig.provider.calls.filter((call) => call.sentMs >= from && which(call))
  const callers = (calls: readonly Call[]): number => new Set(calls.map(({ worker }) => worker)).size

  /** When it was said; its answer is not waited for longer than that. */
  async function say(
    verb: string,
    body: { readonly target: string; readonly [field: string]: unknown },
  ): Promise<number> {
    const saidMs = nowMs()
    await told.post(verb, { why: `a test of ${verb}`, ...body })
    verbs.unshift(`${verb} ${body.target}`)
    return saidMs
  }

  const whyOf = async (key: string): Promise<string> => {
    const { lanes } = await another.get<{ lanes: { sentence: string }[] }>(`why?key=${key}`)
    return lanes.map(({ sentence }) => sentence).join('\n')
  }

  /** Nothing of it is called from a second later on, and all workers go on within a second of `resume`. */
  async function stops(target: string, concerns: (call: Call) => boolean, key = 'k7'): Promise<void> {
    const saidMs = await say('pause', { target })
    await sleep(EFFECT_MS + 500)
    const last = Math.max(...since(0, concerns).map(({ sentMs }) => sentMs)) - saidMs
    const others = callers(since(saidMs + EFFECT_MS, (call) => !concerns(call)))
    expect(await whyOf(key)).toMatch(new RegExp(`${target} is paused since .*: a test of pause`))
    const resumedMs = await say('resume', { target })
    await sleep(EFFECT_MS)
    const went = since(resumedMs, concerns)
    console.info(
      `pause ${target}: the last call after ${last.toFixed(0)} ms; resumed, first ${(went[0]!.sentMs - resumedMs).toFixed(0)} ms, by ${callers(went)}; others by ${others}`,
    )
    expect(last).toBeLessThanOrEqual(EFFECT_MS)
    expect(went.length).toBeGreaterThan(0)
    if (!target.startsWith('key:')) expect(callers(went)).toBe(3)
    if (target !== 'connector:steered') expect(others).toBe(3)
  }

  test('pauses and resumes a connector', () => stops('connector:steered', () => true))

  test('pauses and resumes an operation, and the other one goes on', () =>
    stops('operation:steered.beside', ({ flow }) => flow === 'beside'))

  test('pauses and resumes a key, and the others go on', () => stops('key:k7', ({ key }) => key === 'k7'))

  test('limits the rate of an operation, of all workers together', async () => {
    const steered = ({ flow }: Call): boolean => flow === 'steered'
    const saidMs = await say('limit', { target: 'operation:steered.steered', perSecond: 10 })
    await sleep(EFFECT_MS + PARTS_MS + 2_000)
    const limited = since(saidMs + EFFECT_MS, steered)
    const settled = since(saidMs + EFFECT_MS + PARTS_MS, steered).length
    const most = densest(
      limited.map(({ sentMs }) => sentMs),
      1_000,
    )
    const resumedMs = await say('resume', { target: 'operation:steered.steered' })
    await sleep(EFFECT_MS + 1_000)
    const free = since(resumedMs + EFFECT_MS, steered).length
    console.info(
      `limit 10/s: at most ${most} in a second, ${settled} in two once the parts are settled; ${free} in the second second after resume`,
    )
    expect(most).toBeLessThanOrEqual(11) // timers of three processes are a little uneven
    expect(settled).toBeGreaterThanOrEqual(13)
    expect(free).toBeGreaterThan(30)
  })

  test('drains: nothing new begins, and what is left at work anywhere goes down to none', async () => {
    rig.provider.answer = () => ({ afterMs: 2_500 })
    await sleep(700)
    const saidMs = await say('drain', { target: 'connector:steered' })
    const seen: number[] = []
    const left = async (): Promise<number | undefined> => {
      const { controls } = await another.get<{ controls: Control[] }>('controls')
      const now = controls.find(({ kind }) => kind === 'drain')?.left
      if (now !== undefined && now !== seen.at(-1)) seen.push(now)
      return now
    }
    await until('nothing is left', async () => (await left()) === 0, 6_000)
    const open = rig.provider.calls.filter(({ endMs }) => endMs === undefined).length
    const last = Math.max(...rig.provider.calls.map(({ sentMs }) => sentMs)) - saidMs
    console.info(
      `drain: left ${seen.join(', ')}; none after ${(nowMs() - saidMs).toFixed(0)} ms, the last call after ${last.toFixed(0)} ms`,
    )
    expect(seen[0]).toBeGreaterThan(10)
    expect(open).toBe(0)
    expect(last).toBeLessThanOrEqual(EFFECT_MS)
    rig.provider.answer = () => ({})
    await say('resume', { target: 'connector:steered' })
  })

  test('all of it is on record, for every worker', async () => {
    const { entries } = await another.get<{ entries: { verb: string; target: string; why: string }[] }>('audit')
    expect(entries.map(({ verb, target }) => `${verb} ${target}`)).toEqual(verbs)
    for (const { verb, why } of entries) expect(why).toContain(`a test of ${verb}`)
  })
})
