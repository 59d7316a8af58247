import { join } from 'node:path'
import { type Bench, interleave, machine, median, rounded } from './bench.ts'
import { BODY_BYTES } from './load/stripe-events.ts'
import { result, start, temporary } from './process.ts'

const CONNECTIONS = 64
/** Until the code is compiled; a second is not enough for any of the servers. */
const WARM_UP_S = 3

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
      String(WARM_UP_S),
      String(options.seconds),
    ])
    if (load.bad > 0) throw new Error(`${script}: ${load.bad} requests were not accepted`)
    return load
  }
  const peers: Readonly<Record<string, () => Promise<Load>>> = {
    'bare-http': variant('server/bare-http.ts', () => []),
    'bare-http-insert': variant('server/bare-http-insert.ts', (folder) => [join(folder, 'bare.db')]),
    'bare-http-verified': variant('server/bare-http-verified.ts', () => []),
  }
  const tieline = variant('server/tieline.ts', (folder) => [join(folder, 'bench.db'), 'http://127.0.0.1:1', 'paused'])
  const results = await interleave({ tieline, ...peers }, options, (load) => load.rate)
  const of = (name: string, figure: (load: Load) => number): number => median((results[name] ?? []).map(figure))
  const value = of('tieline', (load) => load.rate)
  const each = <T>(make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(Object.keys(peers).map((name) => [name, make(name)]))
  const tail = (name: string): unknown => ({
    p50: rounded(of(name, (load) => load.p50)),
    p99: rounded(of(name, (load) => load.p99)),
    max: rounded(of(name, (load) => load.max)),
  })
  return {
    unit: 'webhooks/s',
    better: 'higher',
    value: Math.round(value),
    peers: each((name) => Math.round(of(name, (load) => load.rate))),
    ratio: each((name) => rounded(value / of(name, (load) => load.rate))),
    conditions: {
      ...machine(),
      connections: CONNECTIONS,
      warmUpSeconds: WARM_UP_S,
      bodyBytes: BODY_BYTES,
      rounds: options.rounds,
      seconds: options.seconds,
      ms: { tieline: tail('tieline'), ...each(tail) },
    },
  }
}
