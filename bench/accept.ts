import { join } from 'node:path'
import { type Bench, interleave, machine, median, rounded } from './bench.ts'
import { result, start, temporary } from './process.ts'

const CONNECTIONS = 64

interface Load {
  readonly rate: number
  readonly bad: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Webhooks accepted per second. Delivery is paused, so that only intake is measured. */
export const accept: Bench = async (options) => {
  const variant = (script: string, args: (folder: string) => string[]) => async (): Promise<Load> => {
    await using folder = await temporary()
    await using server = await start(script, args(folder.path))
    const load = await result<Load>('load/generate.ts', [
      String(server.ready['url']),
      String(CONNECTIONS),
      '1',
      String(options.seconds),
    ])
    if (load.bad > 0) throw new Error(`${script}: ${load.bad} requests were not accepted`)
    return load
  }
  const results = await interleave(
    {
      tieline: variant('server/tieline.ts', (folder) => [join(folder, 'bench.db'), 'http://127.0.0.1:1', 'paused']),
      'bare-http': variant('server/bare-http.ts', () => []),
      'bare-http-insert': variant('server/bare-http-insert.ts', (folder) => [join(folder, 'bare.db')]),
    },
    options,
    (load) => load.rate,
  )
  const rate = (name: string): number => median((results[name] ?? []).map((load) => load.rate))
  const value = rate('tieline')
  const peers = { 'bare-http': rate('bare-http'), 'bare-http-insert': rate('bare-http-insert') }
  const tail = (name: string): unknown => {
    const loads = results[name] ?? []
    return {
      p50: rounded(median(loads.map((l) => l.p50))),
      p99: rounded(median(loads.map((l) => l.p99))),
      max: rounded(median(loads.map((l) => l.max))),
    }
  }
  return {
    unit: 'webhooks/s',
    better: 'higher',
    value: Math.round(value),
    peers: { 'bare-http': Math.round(peers['bare-http']), 'bare-http-insert': Math.round(peers['bare-http-insert']) },
    ratio: {
      'bare-http': rounded(value / peers['bare-http']),
      'bare-http-insert': rounded(value / peers['bare-http-insert']),
    },
    conditions: {
      ...machine(),
      connections: CONNECTIONS,
      bodyBytes: 1_100,
      rounds: options.rounds,
      seconds: options.seconds,
      ms: { tieline: tail('tieline'), 'bare-http': tail('bare-http'), 'bare-http-insert': tail('bare-http-insert') },
    },
  }
}
