import { join } from 'node:path'
import { type Bench, interleave, machine, median, rounded } from './bench.ts'
import { BODY_BYTES } from './load/stripe-events.ts'
import { result, start, temporary } from './process.ts'

const CONNECTIONS = 64
/** Until the code is compiled; a second is not enough for any of the servers. */
const WARM_UP_S = 3
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Sample {
  readonly at: number
  readonly delivered: number
  readonly pending: number
}

async function sample(url: string): Promise<Sample> {
  const status = (await (await fetch(`${url}/admin/v1/status`)).json()) as Omit<Sample, 'at'>
  return { at: performance.now(), delivered: status.delivered, pending: status.pending }
}

/** Webhooks per second from accept to settled call: what was settled in the measured time, not what was only taken in. */
export const deliver: Bench = async (options) => {
  const proxy = async (): Promise<{ readonly rate: number }> => {
    await using sink = await start('server/sink.ts')
    await using server = await start('server/bare-proxy.ts', [String(sink.ready['url'])])
    return await result<{ rate: number }>('load/generate.ts', [
      String(server.ready['url']),
      String(CONNECTIONS),
      String(WARM_UP_S),
      String(options.seconds),
    ])
  }
  const tieline = async (): Promise<{ readonly rate: number }> => {
    await using folder = await temporary()
    await using sink = await start('server/sink.ts')
    await using server = await start('server/tieline.ts', [
      join(folder.path, 'bench.db'),
      String(sink.ready['url']),
      'working',
    ])
    const url = String(server.ready['url'])
    const loading = result('load/generate.ts', [url, String(CONNECTIONS), String(WARM_UP_S), String(options.seconds)])
    await sleep(WARM_UP_S * 1_000 + 300)
    const first = await sample(url)
    let last = first
    let loaded = false
    void loading.then(() => {
      loaded = true
    })
    // The last sample in which anything had changed: what comes after it is the load's own end, not delivery.
    for (;;) {
      const now = await sample(url)
      if (now.delivered > last.delivered) last = now
      if (loaded && now.pending === 0) break
      if (now.at - first.at > 120_000) throw new Error(`${now.pending} messages were not delivered`)
      await sleep(25)
    }
    return { rate: ((last.delivered - first.delivered) / (last.at - first.at)) * 1_000 }
  }
  const results = await interleave({ tieline, 'bare-proxy': proxy }, options, (load) => load.rate)
  const rate = (name: string): number => median((results[name] ?? []).map((load) => load.rate))
  return {
    unit: 'webhooks/s',
    better: 'higher',
    value: Math.round(rate('tieline')),
    peers: { 'bare-proxy': Math.round(rate('bare-proxy')) },
    ratio: { 'bare-proxy': rounded(rate('tieline') / rate('bare-proxy')) },
    conditions: {
      ...machine(),
      connections: CONNECTIONS,
      warmUpSeconds: WARM_UP_S,
      bodyBytes: BODY_BYTES,
      keys: 10_000,
      rounds: options.rounds,
      seconds: options.seconds,
      counted:
        'settled from the end of the warm-up until the last message, divided by that time: a backlog counts against us',
    },
  }
}
