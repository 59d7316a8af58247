import { join } from 'node:path'
import { type Bench, compared, interleave, machine, median, rounded, type Variants } from './bench.ts'
import { CONNECTIONS, type Load, load, WARM_UP_S } from './load/load.ts'
import { BODY_BYTES } from './load/stripe-events.ts'
import { start, temporary } from './process.ts'
import { redis, redisMissing } from './redis.ts'

/** Webhooks accepted per second. Delivery is paused, so that only intake is measured. */
export const accept: Bench = async (options) => {
  const against = async (script: string, args: readonly string[] = []): Promise<Load> => {
    await using server = await start(script, args)
    const loaded = await load(String(server.ready['url']), options)
    if (loaded.bad > 0) throw new Error(`${script}: ${loaded.bad} requests were not accepted`)
    return loaded
  }
  const missing = redisMissing()
  const variants: Variants<Load> = {
    tieline: async () => {
      await using folder = await temporary()
      return await against('server/tieline.ts', [join(folder.path, 'bench.db'), 'http://127.0.0.1:1', 'paused'])
    },
    'bare-http': () => against('server/bare-http.ts'),
    'bare-http-insert': async () => {
      await using folder = await temporary()
      return await against('server/bare-http-insert.ts', [join(folder.path, 'bare.db')])
    },
    'bare-http-verified': () => against('server/bare-http-verified.ts'),
    ...(missing === undefined && {
      'bullmq-handler': async () => {
        await using store = await redis()
        return await against('server/bullmq-handler.ts', [store.port])
      },
    }),
  }
  if (missing !== undefined) options.note(`bullmq-handler is left out: ${missing}`)
  const results = await interleave(variants, options, ({ rate }) => rate)
  const tail = (loads: readonly Load[]) => ({
    p50: rounded(median(loads.map(({ p50 }) => p50))),
    p99: rounded(median(loads.map(({ p99 }) => p99))),
    max: rounded(median(loads.map(({ max }) => max))),
  })
  return {
    unit: 'webhooks/s',
    better: 'higher',
    ...compared(results, ({ rate }) => rate),
    conditions: {
      ...machine(),
      connections: CONNECTIONS,
      warmUpSeconds: WARM_UP_S,
      bodyBytes: BODY_BYTES,
      rounds: options.rounds,
      seconds: options.seconds,
      ms: Object.fromEntries(Object.entries(results).map(([name, loads]) => [name, tail(loads)])),
      ...(missing !== undefined && { leftOut: { 'bullmq-handler': missing } }),
    },
  }
}
