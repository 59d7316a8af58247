import { join } from 'node:path'
import type { Sent } from './badday/plan.ts'
import { balance, type Providers, providers, type Sending, sending } from './badday/stage.ts'
import { type Bench, machine, rounded } from './bench.ts'
import { BATCH, CLASSES, PROBE, refusedOf, SHARES, shedOf, streams } from './overload/classes.ts'
import { type Running, residentMb, sleep, start, temporary } from './process.ts'
import { statusOf, tielineStatus } from './status.ts'

const TIMES = 5
const CONNECTIONS = 128
/** A refused request is sent again twice. */
const ATTEMPTS = 3
const WARM_UP_S = 5
const PROBE_S = 5
const HALF_S = 15
/** Events without an effect in the closed loop. */
const WINDOW = 2_000
/** What was accepted must be through by then. */
const DRAIN_MS = 90_000

/**
 * Five times of what can be worked off: what that costs the critical class. The sustainable rate is that of a closed loop, in which so
 * many events are sent as had their effect.
 */
export const overload: Bench = async ({ seconds, note }) => {
  await using folder = await temporary()
  await using world = await providers({ seed: 1, providers: [{ delayMs: 0, jitterMs: 0, perSecond: 0 }] })
  await using app = await start('overload/tieline.ts', [join(folder.path, 'overload.db'), world.urls[0] ?? ''])
  const url = String(app.ready['url'])
  const send = (phase: string, perSecond: number, closed: boolean): Sending =>
    sending({
      url,
      streams: streams(phase, perSecond),
      closed,
      warmUpSeconds: 0,
      seconds: 600,
      connections: CONNECTIONS,
      attempts: ATTEMPTS,
    })

  const { rate: sustainable, sent: probed } = await probe(send(PROBE, 1, true), world)
  note(`sustainable: ${Math.round(sustainable)} events/s`)

  await using half = send('half', sustainable / 2, false)
  await sleep(HALF_S * 1_000)
  const calm = await half.stop()
  await world.through(calm, DRAIN_MS)

  const shedBefore = await shed(url)
  await using flood = send('flood', sustainable * TIMES, false)
  const peak = await peakMb(app, seconds)
  const flooded = await flood.stop()
  const answered = await shed(url)
  const floodEnded = performance.now()
  const left = (await statusOf(tielineStatus(url))).pending
  note(`flood over: ${peak} MB at the peak, ${left} pending`)
  await world.through(flooded, DRAIN_MS)
  const drainMs = Math.round(performance.now() - floodEnded)
  const { pending } = await statusOf(tielineStatus(url))
  const report = await world.report()

  const { lost: without, doubled, accepted, repeatedCalls } = balance({ ...probed, ...calm, ...flooded }, report)
  const lost = Math.max(0, without - pending) // what still waits is on disk
  const waits = (phase: string) =>
    Object.fromEntries(
      CLASSES.map((name) => {
        const { acceptMs, dueMs } = report.seen[`${name} ${phase}`] ?? {}
        const short = (ms: typeof dueMs) => ms && { p50: rounded(ms.p50), p99: rounded(ms.p99), max: rounded(ms.max) }
        return [name, { acceptToEffectMs: short(acceptMs), dueToEffectMs: short(dueMs) }]
      }),
    )
  const p99 = (phase: string, from: 'acceptMs' | 'dueMs'): number =>
    report.seen[`critical ${phase}`]?.[from].p99 ?? Number.NaN
  const ratio = (from: 'acceptMs' | 'dueMs'): number => rounded(p99('flood', from) / p99('half', from))
  const classes = CLASSES.map((name) => {
    const sent = flooded[`${name} flood`]
    const byProduct = (answered[name] ?? 0) - (shedBefore[name] ?? 0)
    return [name, { ...counted(sent), shed: { bySender: refusedOf(sent?.answers ?? {}), byProduct } }] as const
  })
  const disagree = classes.filter(([, { shed: one }]) => one.bySender !== one.byProduct).map(([name]) => name)
  return {
    unit: 'p99 of the critical class at 5 times / at half of the sustainable load',
    better: 'lower',
    value: ratio('acceptMs'),
    peers: {},
    ratio: {},
    conditions: {
      ...machine(),
      sustainablePerSecond: Math.round(sustainable),
      offeredPerSecond: Math.round(sustainable * TIMES),
      shares: SHARES,
      eventsPerRequest: BATCH,
      connectionsOfEachClass: CONNECTIONS,
      senders: `sent again when Retry-After says, ${ATTEMPTS} times in all; no answer within 10 s is none`,
      seconds,
      dueToEffect: ratio('dueMs'),
      half: waits('half'),
      flood: waits('flood'),
      classes: Object.fromEntries(classes),
      shedCountsDisagree: disagree,
      peakMb: peak,
      pendingAtTheEndOfTheFlood: left,
      drainMs,
      stillPending: pending,
      accepted,
      lost,
      doubled,
      repeatedCalls,
    },
    ...(lost + doubled > 0 && { broken: `${lost} lost, ${doubled} doubled: this must not be` }),
  }
}

/** Events per second in a closed loop, once it is warm. */
async function probe(sender: Sending, world: Providers): Promise<{ rate: number; sent: Record<string, Sent> }> {
  await using closed = sender
  const effects = (): number => world.effects(`critical ${PROBE}`)
  let from = { at: 0, effects: 0 }
  const began = performance.now()
  while (performance.now() < began + (WARM_UP_S + PROBE_S) * 1_000) {
    closed.allow(effects() + WINDOW)
    if (from.at === 0 && performance.now() > began + WARM_UP_S * 1_000)
      from = { at: performance.now(), effects: effects() }
    await sleep(10)
  }
  const rate = ((effects() - from.effects) * 1_000) / (performance.now() - from.at)
  const sent = await closed.stop()
  await world.through(sent, DRAIN_MS)
  return { rate, sent }
}

async function peakMb(app: Running, seconds: number): Promise<number> {
  let most = 0
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; await sleep(250)) {
    most = Math.max(most, residentMb(app))
  }
  return most
}

async function shed(url: string): Promise<Readonly<Record<string, number>>> {
  return shedOf(await (await fetch(`${url}/metrics`)).text())
}

function counted(sent: Sent | undefined): Omit<Sent, 'marks'> | undefined {
  if (sent === undefined) return undefined
  const { made, unsent, accepted, givenUp, answers } = sent
  return { made, unsent, accepted, givenUp, answers }
}
