import { keyedProvider, type Scenario, type Send, type Stage, type Subject } from 'tieline/testing'
import { type Asked, BANK_URL, LIMIT, letters, MAIL_URL, payments, RATIO, WORKS } from './flows.ts'

/** Payments come three times as fast as the bank takes them; one tenant writes thirty letters, another three. */
export const gates: Scenario = {
  name: 'gates',
  flows: [payments, letters],
  cast: (stage) => {
    const calls: Call[] = []
    const downMs = stage.random() < 0.5 ? DOWN_MS : Number.POSITIVE_INFINITY
    const act = ({ flow, message }: Asked): number => {
      const now = calls.at(-1)?.atMs ?? 0
      if (flow === 'payments' && now >= downMs && now < UP_MS) return 503
      stage.effect(flow, message, 'done')
      return 200
    }
    return {
      providers: { [BANK_URL]: keyedProvider('bank', act), [MAIL_URL]: keyedProvider('mail', act) },
      sends: sends(stage),
      subject: ({ body }): Subject => JSON.parse(String(body)) as Subject,
      called: ({ body, headers }, atMs, process) => {
        const { flow, message } = JSON.parse(String(body)) as Asked
        calls.push({ flow, message, atMs, process, try: `${message} ${headers['tieline-attempt']}` })
      },
      judge: () => {
        judgeRate(stage, calls)
        if (downMs === DOWN_MS) judgeBreaker(stage, calls)
        judgeBudget(stage, calls)
        judgeTurns(stage, calls)
      },
    }
  },
}

interface Call {
  readonly flow: string
  readonly message: string
  readonly atMs: number
  readonly process: string
  /** The same for tries within one attempt. */
  readonly try: string
}

/** Places that a process held when it was paused, or its timers came late, are used when it goes on. */
const LATE_CALLS = 4

function judgeRate(stage: Stage, calls: readonly Call[]): void {
  const at = calls.filter(({ flow }) => flow === 'payments').map(({ atMs }) => atMs)
  for (let from = 0, to = 0; to < at.length; to++) {
    while ((at[to] as number) - (at[from] as number) >= 1_000) from++
    const calls = to - from + 1
    if (calls > LIMIT + LATE_CALLS) stage.fail('rate exceeded', `${calls} calls in the second before ${at[to]} ms`)
  }
}

/** When the bank is down, in some worlds. */
const [DOWN_MS, UP_MS] = [1_500, 41_500]
/** A call of a process with so much silence before and after it is a probe that failed. */
const ALONE_MS = 4_000
/** Probes of two processes so near to each other are two where one was enough; now and then a process was held up. */
const NEAR_MS = 2_500
const HELD_UP = 2

function judgeBreaker(stage: Stage, calls: readonly Call[]): void {
  const all = calls.filter(({ flow, atMs }) => flow === 'payments' && atMs <= UP_MS)
  const probes = all.filter(({ process, atMs }) => {
    const near = all.filter((other) => other.process === process && Math.abs(other.atMs - atMs) < ALONE_MS)
    return near.length === 1 && all.find((other) => other.process === process)?.atMs !== atMs
  })
  const pairs = probes.filter((probe, i) => {
    const before = probes[i - 1]
    return before !== undefined && before.process !== probe.process && probe.atMs - before.atMs < NEAR_MS
  })
  if (pairs.length > HELD_UP) stage.fail('breaker tried by all', `${pairs.length} probes beside another's`)
}

/** A process that starts has a new budget: one retry more each time. */
const STARTS = 8

function judgeBudget(stage: Stage, calls: readonly Call[]): void {
  const all = calls.filter(({ flow }) => flow === 'payments')
  const tries = new Set(all.map((call) => call.try)).size
  const retries = all.length - tries
  if (retries > tries * RATIO + STARTS) stage.fail('budget exceeded', `${retries} retries of ${tries} calls`)
}

/** One or two of them may be held by a process that stands still; not all three. */
const FAIR = 16

function judgeTurns(stage: Stage, calls: readonly Call[]): void {
  const order = [...new Set(calls.filter(({ flow }) => flow === 'letters').map(({ message }) => message))]
  const first = order.findIndex((message) => message.startsWith(`${WORKS} meek`))
  if (first >= FAIR) stage.fail('tenant starved', `the first of three is number ${first + 1} of ${order.length}`)
}

function sends(stage: Stage): readonly Send[] {
  const payments = Array.from({ length: 30 + Math.floor(stage.random() * 20) }, (_, i) => event('payment', `p${i}`, ''))
  const hog = Array.from({ length: 30 }, (_, i) => event('letter', `hog${i}`, 'hog'))
  const meek = Array.from({ length: 3 }, (_, i) => event('letter', `meek${i}`, 'meek'))
  return [send('payments', payments, 0), send('letters', [...hog, ...meek], 200)]
}

function event(type: string, id: string, tenant: string): object {
  const extension = tenant === '' ? {} : { tenant }
  return {
    specversion: '1.0',
    source: WORKS,
    id,
    type,
    datacontenttype: 'application/json',
    data: { id },
    ...extension,
  }
}

function send(name: string, events: readonly object[], atMs: number): Send {
  const body = Buffer.from(JSON.stringify(events))
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  return { source: 'jobs', name, atMs, request: () => ({ headers, body }) }
}
