import { result } from '../process.ts'

export const CONNECTIONS = 64
/** Until the code is compiled; a second is not enough for any of the servers. */
export const WARM_UP_S = 3
/** Customers, and so ordering keys, that the events are about. */
export const KEYS = 10_000

export interface Load {
  /** Events per second that were answered with 2xx in the measured time. */
  readonly rate: number
  readonly bad: number
  readonly sent: number
  /** Milliseconds from the first byte sent to the answer. */
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface LoadOptions {
  readonly seconds: number
  readonly warmUp?: number
  readonly keys?: number
  /** No more than so many events. */
  readonly limit?: number
}

/** Signed Stripe events over keep-alive connections, each connection waiting for its answer before it sends the next. */
export function load(url: string, { seconds, warmUp = WARM_UP_S, keys = KEYS, limit }: LoadOptions): Promise<Load> {
  const options = { url, connections: CONNECTIONS, 'warm-up': warmUp, seconds, keys, limit: limit ?? 1e12 }
  return result<Load>(
    'load/generate.ts',
    Object.entries(options).map(([name, value]) => `--${name}=${value}`),
  )
}
