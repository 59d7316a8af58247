import { join } from 'node:path'
import { type Bench, compared, interleave, machine, type Variants } from './bench.ts'
import { CONNECTIONS, KEYS, type LoadOptions, load, WARM_UP_S } from './load/load.ts'
import { BODY_BYTES } from './load/stripe-events.ts'
import { sleep, start, temporary } from './process.ts'
import { redis, redisMissing } from './redis.ts'
import { type Status, statusOf, tielineStatus } from './status.ts'

/** So few that many of 64 events in the air are about the same customer, and wait for each other. */
const FEW_KEYS = 100

interface Rate {
  readonly rate: number
}

/** Deliveries per second behind `url`, from the end of the warm-up until all is delivered. */
async function settled(url: string, status: string, options: LoadOptions): Promise<Rate> {
  const sample = async (): Promise<Status & { readonly at: number }> => ({
    at: performance.now(),
    ...(await statusOf(status)),
  })
  let loaded = false
  const loading = load(url, options).finally(() => {
    loaded = true
  })
  await sleep(WARM_UP_S * 1_000 + 300)
  const first = await sample()
  let last = first
  // The last sample in which anything had changed: what comes after it is the load's own end, not delivery.
  for (;;) {
    const now = await sample()
    if (now.delivered > last.delivered) last = now
    if (loaded && now.pending === 0) break
    if (now.at - first.at > 120_000) throw new Error(`${now.pending} messages were not delivered`)
    await sleep(25)
  }
  await loading
  return { rate: ((last.delivered - first.delivered) / (last.at - first.at)) * 1_000 }
}

/** Webhooks per second from accept to settled call: what was settled in the measured time, not what was only taken in. */
export const deliver: Bench = async (options) => {
  const tieline = (keys: number) => async (): Promise<Rate> => {
    await using folder = await temporary()
    await using sink = await start('server/sink.ts')
    await using server = await start('server/tieline.ts', [
      join(folder.path, 'bench.db'),
      String(sink.ready['url']),
      'working',
    ])
    const url = String(server.ready['url'])
    return await settled(url, tielineStatus(url), { ...options, keys })
  }
  const missing = redisMissing()
  const variants: Variants<Rate> = {
    tieline: tieline(KEYS),
    'bare-proxy': async () => {
      await using sink = await start('server/sink.ts')
      await using server = await start('server/bare-proxy.ts', [String(sink.ready['url'])])
      return await load(String(server.ready['url']), options)
    },
    ...(missing === undefined && {
      'bullmq-worker': async () => {
        await using store = await redis()
        await using sink = await start('server/sink.ts')
        await using worker = await start('server/bullmq-worker.ts', [store.port, String(sink.ready['url'])])
        await using handler = await start('server/bullmq-handler.ts', [store.port])
        return await settled(String(handler.ready['url']), String(worker.ready['url']), options)
      },
    }),
    'few-keys': tieline(FEW_KEYS),
  }
  if (missing !== undefined) options.note(`bullmq-worker is left out: ${missing}`)
  const results = await interleave(variants, options, ({ rate }) => rate)
  return {
    unit: 'webhooks/s',
    better: 'higher',
    ...compared(results, ({ rate }) => rate),
    conditions: {
      ...machine(),
      connections: CONNECTIONS,
      warmUpSeconds: WARM_UP_S,
      bodyBytes: BODY_BYTES,
      keys: KEYS,
      fewKeys: FEW_KEYS,
      rounds: options.rounds,
      seconds: options.seconds,
      counted:
        'settled from the end of the warm-up until the last message, divided by that time: a backlog counts against us',
      ...(missing !== undefined && { leftOut: { 'bullmq-worker': missing } }),
    },
  }
}
