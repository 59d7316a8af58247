import { join } from 'node:path'
import { now } from './badday/plan.ts'
import { BATCH, PER_SECOND, REQUEST_MS } from './batch/load.ts'
import { type Bench, compared, interleave, machine, median, rounded } from './bench.ts'
import { sleep, start, temporary } from './process.ts'
import { talking } from './talking.ts'

/** The CRM takes 5 % more than it publishes, for requests are not evenly spaced when they arrive. */
const TAKES = Math.round(PER_SECOND * 1.05)
/** A run with batches has so many times the deals of one without, so that it does not end at once. */
const MORE = 20
const PATIENCE_MS = 120_000
/** Events of a request that fills the flow. */
const FILL = 500

interface Run {
  readonly rate: number
  readonly offered: number
  readonly requests: number
  readonly refused: number
  readonly created: number
  readonly distinct: number
}

async function run(mode: 'batch' | 'single', deals: number): Promise<Run> {
  await using folder = await temporary()
  await using crm = talking('batch/crm.ts', [String(TAKES), '1000'])
  await crm.until('url')
  await using app = await start('batch/tieline.ts', [join(folder.path, 'batch.db'), String(crm.said['url']), mode])
  const url = String(app.ready['url'])
  await post(`${url}/admin/v1/pause`, 'application/json', { target: 'flow:deals', why: 'it is filled first' })
  for (let first = 0; first < deals; first += FILL) {
    const events = Array.from({ length: Math.min(FILL, deals - first) }, (_, i) => eventOf(first + i))
    await post(`${url}/events`, 'application/cloudevents-batch+json', events)
  }
  const beganMs = now()
  await post(`${url}/admin/v1/resume`, 'application/json', { target: 'flow:deals', why: 'it is full' })
  const end = performance.now() + PATIENCE_MS
  while (Number(crm.said['deals'] ?? 0) < deals && performance.now() < end) await sleep(20)
  crm.tell('count')
  await crm.until('distinct')
  const { requests, refused, lastMs, created, distinct } = crm.said as Readonly<Record<string, number>>
  return {
    rate: (Number(distinct) * 1_000) / (Number(lastMs) - beganMs),
    offered: deals,
    requests: Number(requests),
    refused: Number(refused),
    created: Number(created),
    distinct: Number(distinct),
  }
}

const eventOf = (n: number) => ({
  specversion: '1.0',
  id: `deal-${n}`,
  source: 'bench',
  type: 'deal',
  data: { id: `pay_${n}`, amount: `${10 + (n % 90)}.00` },
})

async function post(url: string, type: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`)
}

/** Deals that wait in a flow, written with batch upsert and one by one: how many a second, under the same limit of requests. */
export const batch: Bench = async (options) => {
  const single = PER_SECOND * options.seconds
  const results = await interleave(
    { batch: () => run('batch', single * MORE), single: () => run('single', single) },
    options,
    ({ rate }) => rate,
  )
  const runs = Object.values(results).flat()
  const lost = runs.reduce((sum, { offered, distinct }) => sum + offered - distinct, 0)
  const doubled = runs.reduce((sum, { created, distinct }) => sum + created - distinct, 0)
  return {
    unit: 'deals/s',
    better: 'higher',
    ...compared(results, ({ rate }) => rate),
    conditions: {
      ...machine(),
      requestMs: REQUEST_MS,
      declaredPerSecond: PER_SECOND,
      refusesAbove: `${TAKES} a second`,
      itemsInABatch: BATCH,
      rounds: options.rounds,
      deals: Object.fromEntries(Object.entries(results).map(([name, [first]]) => [name, first?.offered])),
      dealsInARequest: Object.fromEntries(
        Object.entries(results).map(([name, all]) => [
          name,
          rounded(median(all.map(({ distinct, requests, refused }) => distinct / (requests - refused)))),
        ]),
      ),
      refused: Object.fromEntries(
        Object.entries(results).map(([name, all]) => [name, all.reduce((sum, { refused }) => sum + refused, 0)]),
      ),
      lost,
      doubled,
    },
    ...(lost + doubled > 0 && { broken: `${lost} lost, ${doubled} doubled: this must not be` }),
  }
}
