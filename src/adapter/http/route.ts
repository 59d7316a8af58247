import type { Dispatcher } from 'undici'
import { parse } from './address.ts'
import { checkHost, guarded, type Resolve } from './guard.ts'

type Undici = typeof import('undici')

export interface RouteOptions {
  readonly connections: number
  readonly connectTimeoutMs: number
  readonly resolve: Resolve
}

/** The connections to one origin, perhaps through a proxy: one pool for callers that may reach private addresses, one for the others. */
export class Route {
  /** When it was last used, in requests of the client. */
  used = 0
  readonly origin: string
  readonly #hostname: string
  readonly #undici: Undici
  readonly #options: RouteOptions
  readonly #proxy: string | undefined
  #open: Dispatcher | undefined
  #guarded: Dispatcher | undefined

  constructor(undici: Undici, origin: string, proxy: string | undefined, options: RouteOptions) {
    const url = parse(origin)
    this.origin = url.origin
    this.#hostname = url.hostname
    this.#undici = undici
    this.#options = options
    this.#proxy = proxy
  }

  /** @throws {TielineError} ADDRESS_REFUSED when the host is a private literal and not in `allow` */
  dispatcher(allow: readonly string[] | undefined): Dispatcher {
    if (allow !== undefined && allows(allow, this.#hostname)) {
      this.#open ??= this.#connect(undefined)
      return this.#open
    }
    if (this.#guarded === undefined) {
      checkHost(this.#hostname)
      this.#guarded = this.#connect(guarded(this.#options.resolve))
    }
    return this.#guarded
  }

  /** Requests under way end first. */
  async close(): Promise<void> {
    await Promise.all([this.#open?.close(), this.#guarded?.close()])
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#open?.destroy(), this.#guarded?.destroy()])
  }

  #connect(lookup: ReturnType<typeof guarded> | undefined): Dispatcher {
    const { Pool, ProxyAgent } = this.#undici
    const pool = {
      connections: this.#options.connections,
      pipelining: 1,
      allowH2: false, // one way to the wire: the timings and failures of HTTP/1.1
      headersTimeout: 0, // the exchange has its own deadline
      bodyTimeout: 0,
      connectTimeout: this.#options.connectTimeoutMs,
    }
    if (this.#proxy === undefined) {
      return new Pool(this.origin, lookup === undefined ? pool : { ...pool, connect: { lookup } })
    }
    // The proxy resolves the name and is the operator's own: its address is not judged.
    return new ProxyAgent({ ...pool, uri: this.#proxy, factory: (to, given) => new Pool(to, { ...pool, ...given }) })
  }
}

/** Hosts as people write them: any case, IPv6 with or without brackets. */
function allows(allow: readonly string[], hostname: string): boolean {
  if (allow.includes(hostname)) return true
  return allow.some((host) => host.toLowerCase() === hostname || `[${host.toLowerCase()}]` === hostname)
}
