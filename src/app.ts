import { systemClock } from './adapter/clock/system.ts'
import { sha256 } from './adapter/digest.ts'
import { stderrLog } from './adapter/log/stderr.ts'
import { ownerName } from './adapter/owner.ts'
import { systemRandom } from './adapter/random.ts'
import { envSecrets } from './adapter/secret/env/index.ts'
import { type Duration, milliseconds } from './core/duration.ts'
import { TielineError } from './core/error.ts'
import type { Flow } from './declare/flow/flow.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import type { Host } from './port/host.ts'
import type { Http } from './port/http.ts'
import type { Log } from './port/log.ts'
import type { Secrets } from './port/secrets.ts'
import type { Store } from './port/store.ts'
import { createGateway, type Gateway } from './serve/index.ts'

export interface AppSpec {
  readonly flows: readonly Flow[]
  /** Default: what `TIELINE_STORE` names, else `sqlite:./tieline.db`. `TIELINE_STORE` wins over this. */
  readonly store?: Store
  /** `TIELINE_HOST`, `TIELINE_PORT` and `TIELINE_PUBLIC_URL` win over these. */
  readonly gateway?: {
    /** Address to listen on. Default `127.0.0.1`. */
    readonly host?: string
    /** Default 4400; 0 takes a free one. */
    readonly port?: number
    /** The address that senders call, where it is part of what they sign. */
    readonly publicUrl?: string
  }
  /** Default: environment variables. */
  readonly secrets?: Secrets
  /** Default: undici. */
  readonly http?: Http & Partial<AsyncDisposable>
  /** Default: lines of JSON on standard error. */
  readonly log?: Log
  /** How long a shutdown waits for the work at hand. Default `'10s'`. */
  readonly drain?: Duration
}

/** The runtime of one process: a store, the flows, a gateway. Nothing happens before `start` or `run`. */
export interface App extends AsyncDisposable {
  readonly kind: 'app'
  readonly declaration: AppSpec
  /** The store that this process will use. */
  openStore(): Promise<Store>
  /** Opens the store, begins to work, listens. @throws {TielineError} STORE_LOCKED, STORE_CORRUPT, CONFIG_INVALID … */
  start(): Promise<{ readonly url: string }>
  /** Stops taking in, finishes the work at hand, hands back the rest, closes the store. */
  stop(): Promise<void>
  /** `start`, then `stop` at SIGTERM or SIGINT; a second signal ends the process at once. */
  run(): Promise<void>
}

interface Running {
  readonly store: Store
  readonly engine: Engine
  readonly gateway: Gateway
  readonly url: string
  readonly http: Http & Partial<AsyncDisposable>
}

/** Declares the runtime: `tieline({ store: sqlite('./tieline.db'), flows: [stripePayments] })`. */
export function tieline(spec: AppSpec): App {
  const log = spec.log ?? stderrLog
  const drainMs = milliseconds(spec.drain ?? '10s')
  let running: Promise<Running> | undefined

  async function openStore(): Promise<Store> {
    const named = process.env['TIELINE_STORE']
    if (named === undefined && spec.store !== undefined) return spec.store
    const { storeFromUrl } = await import('./adapter/store/from-url.ts')
    return storeFromUrl(named ?? 'sqlite:./tieline.db')
  }

  async function begin(): Promise<Running> {
    const [store, http] = await Promise.all([
      openStore(),
      spec.http ?? import('./adapter/http/index.ts').then((it) => it.httpClient()),
    ])
    const secrets = spec.secrets ?? envSecrets(process.env)
    const host: Host = {
      name: ownerName(),
      clock: systemClock,
      random: systemRandom,
      digest: sha256,
      http,
      secrets,
      log,
    }
    await store.migrate()
    try {
      const engine = createEngine({ flows: spec.flows, store, host })
      const gateway = createGateway({
        ...address(spec),
        endpoints: engine.routing.endpoints,
        intake: engine.intake,
        desk: engine.desk,
        secrets,
        clock: systemClock,
        log,
      })
      const { url } = await gateway.listen()
      await engine.start()
      for (const flow of spec.flows) void prepare(flow, log)
      return { store, engine, gateway, http, url }
    } catch (error) {
      await store[Symbol.asyncDispose]()
      throw error
    }
  }

  async function start(): Promise<{ readonly url: string }> {
    running ??= begin()
    return { url: (await running).url }
  }

  async function stop(): Promise<void> {
    if (running === undefined) return
    const { store, engine, gateway, http } = await running
    running = undefined
    engine.close()
    await gateway.close(drainMs)
    await engine.drain(drainMs)
    await store[Symbol.asyncDispose]()
    await http[Symbol.asyncDispose]?.()
  }

  async function run(): Promise<void> {
    const signalled = new Promise<void>((resolve) => {
      const onSignal = (): void => {
        process.once('SIGTERM', () => process.exit(130)).once('SIGINT', () => process.exit(130))
        resolve()
      }
      process.once('SIGTERM', onSignal).once('SIGINT', onSignal)
    })
    await start()
    await signalled
    await stop()
  }

  return { kind: 'app', declaration: spec, openStore, start, stop, run, [Symbol.asyncDispose]: stop }
}

/** Compiles what may be compiled before the first message needs it; checks are right before and after. */
async function prepare(flow: Flow, log: Log): Promise<void> {
  try {
    await flow.into?.prepare()
    for (const { from, map } of flow.inputs) {
      map?.prepare()
      await from.contract?.prepare()
      await from.endpoint.envelope?.prepare()
    }
  } catch (error) {
    log('warn', 'contract.prepare', { flow: flow.name, error })
  }
}

function address(spec: AppSpec): { host: string; port: number; publicUrl?: string; adminToken?: string } {
  const { env } = process
  const port = Number(env['TIELINE_PORT'] ?? spec.gateway?.port ?? 4400)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TielineError(
      'CONFIG_INVALID',
      `port ${env['TIELINE_PORT'] ?? spec.gateway?.port}: use a whole number from 0 to 65535`,
    )
  }
  const publicUrl = env['TIELINE_PUBLIC_URL'] ?? spec.gateway?.publicUrl
  const adminToken = env['TIELINE_ADMIN_TOKEN']
  return {
    host: env['TIELINE_HOST'] ?? spec.gateway?.host ?? '127.0.0.1',
    port,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(adminToken === undefined ? {} : { adminToken }),
  }
}
