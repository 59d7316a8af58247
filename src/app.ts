import { eventLoopBusy } from './adapter/busy.ts'
import { systemClock } from './adapter/clock/system.ts'
import { sha256 } from './adapter/digest.ts'
import { stderrLog } from './adapter/log/stderr.ts'
import { ownerName } from './adapter/owner.ts'
import { systemRandom } from './adapter/random.ts'
import { envSecrets } from './adapter/secret/env/index.ts'
import { untilSignalled } from './adapter/signal.ts'
import { tokensWhenNeeded } from './adapter/token/when-needed.ts'
import { type Duration, milliseconds } from './core/duration.ts'
import type { Flow } from './declare/flow/flow.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { prepareFlows } from './engine/prepare.ts'
import { checkOutbox } from './engine/relay.ts'
import type { Host } from './port/host.ts'
import type { Http } from './port/http.ts'
import type { Log } from './port/log.ts'
import type { Secrets } from './port/secrets.ts'
import type { Store } from './port/store.ts'
import { createGateway, type Gateway, gatewayAddress } from './serve/index.ts'

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
  readonly http?: Http
  /** Default: lines of JSON on standard error. */
  readonly log?: Log
  /** How long a shutdown waits for the work at hand. Default `'10s'`. */
  readonly drain?: Duration
  /** How long finished messages and their bodies are kept; dead letters stay. Default `'7d'`. */
  readonly retain?: Duration
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
  readonly tokens: AsyncDisposable
  /** The HTTP client, when it is not the caller's. */
  readonly own: AsyncDisposable | undefined
}

/** Declares the runtime: `tieline({ store: sqlite('./tieline.db'), flows: [stripePayments] })`. */
export function tieline(spec: AppSpec): App {
  const log = spec.log ?? stderrLog
  const drainMs = milliseconds(spec.drain ?? '10s')
  const retainMs = milliseconds(spec.retain ?? '7d')
  let running: Promise<Running> | undefined
  let stopping: Promise<void> | undefined

  async function openStore(): Promise<Store> {
    const named = process.env['TIELINE_STORE']
    if (named === undefined && spec.store !== undefined) return spec.store
    const { storeFromUrl } = await import('./adapter/store/from-url.ts')
    return storeFromUrl(named ?? 'sqlite:./tieline.db')
  }

  async function begin(): Promise<Running> {
    const [store, { httpClient }] = await Promise.all([openStore(), import('./adapter/http/index.ts')])
    const own = spec.http === undefined ? httpClient() : undefined
    const http = spec.http ?? (own as Http)
    const secrets = spec.secrets ?? envSecrets(process.env)
    const outside = { name: ownerName(), clock: systemClock, random: systemRandom, digest: sha256, http, secrets, log }
    const tokens = tokensWhenNeeded({ store, ...outside })
    const host: Host = { ...outside, tokens, busy: eventLoopBusy() }
    await store.migrate()
    try {
      const engine = createEngine({ flows: spec.flows, store, host, retainMs })
      checkOutbox(engine.routing.endpoints, store)
      const gateway = createGateway({
        ...gatewayAddress(process.env, spec.gateway),
        endpoints: engine.routing.endpoints,
        intake: engine.intake,
        desk: engine.desk,
        secrets,
        clock: systemClock,
        log,
      })
      const { url } = await gateway.listen()
      await engine.start()
      void own?.prepare()
      void prepareFlows(spec.flows, log)
      return { store, engine, gateway, tokens, own, url }
    } catch (error) {
      await store[Symbol.asyncDispose]()
      throw error
    }
  }

  async function start(): Promise<{ readonly url: string }> {
    running ??= begin()
    return { url: (await running).url }
  }

  function stop(): Promise<void> {
    stopping ??= running === undefined ? Promise.resolve() : end(running)
    return stopping
  }

  async function end(begun: Promise<Running>): Promise<void> {
    const it = await begun.catch(() => undefined) // a start that failed has cleaned up after itself
    if (it === undefined) return
    const { store, engine, gateway, tokens, own } = it
    engine.close()
    await Promise.all([gateway.close(drainMs), engine.drain(drainMs)])
    await tokens[Symbol.asyncDispose]() // a refresh token that has just come is kept
    await store[Symbol.asyncDispose]()
    await own?.[Symbol.asyncDispose]()
  }

  async function run(): Promise<void> {
    const signalled = untilSignalled()
    await start()
    await signalled
    await stop()
  }

  return { kind: 'app', declaration: spec, openStore, start, stop, run, [Symbol.asyncDispose]: stop }
}
