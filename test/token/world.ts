import { http } from '../../src/adapter/connector/http/index.ts'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { createTokens } from '../../src/adapter/token/index.ts'
import { TielineError, toTielineError } from '../../src/core/error.ts'
import type { Credential } from '../../src/declare/credential/credential.ts'
import type { Connector } from '../../src/declare/target/operation.ts'
import type { Http, HttpRequest } from '../../src/port/http.ts'
import type { Store } from '../../src/port/store.ts'
import type { Tokens } from '../../src/port/tokens.ts'
import { type OAuth, type OAuthOptions, oauth } from '../../src/sandbox/oauth/oauth.ts'
import { idSource, seededRandom } from '../../src/sandbox/seeded-random.ts'
import { cryptoClock } from './crypto-clock.ts'

export const KEYS = ['a', 'b', 'c'].map((letter) => Buffer.alloc(32, letter).toString('base64')) as [
  string,
  string,
  string,
]
export const TOKEN_URL = 'https://id.example.com/oauth2/token'

/** What happens to the next exchanges, in order; then all is well. */
export type Weather =
  | {
      readonly as: 'answer'
      readonly status: number
      readonly body?: string
      readonly headers?: Record<string, string>
    }
  /** The effect happens, the answer is lost. */
  | { readonly as: 'cut after effect' }
  /** The effect happens, and the worker that asked is no more: its promise never ends. */
  | { readonly as: 'dies' }

export function connectorOf(credential: Credential, name = 'crm'): Connector {
  return http(name, { baseUrl: 'https://crm.example.com', credential }).connector
}

/** Workers with one store and one token endpoint, under a clock that moves when it is told to. */
export function world(options: OAuthOptions, env: Record<string, string> = { TIELINE_TOKEN_KEY: KEYS[0] }) {
  const clock = cryptoClock()
  const store = memory({ clock })
  const server: OAuth = oauth(options)
  const nextId = idSource(seededRandom(1))
  const weather: Weather[] = []
  const requests: HttpRequest[] = []
  /** Everything that left the token code: logs, errors, documents. */
  const told: string[] = []

  const direct: Http = {
    request: async (request) => {
      requests.push(request)
      await clock.sleep(20)
      const now = weather.shift()
      if (now?.as === 'answer') {
        const { status, body = '', headers = {} } = now
        return { status, headers, body: new TextEncoder().encode(body) }
      }
      const { pathname: path } = new URL(request.url)
      const body = new TextEncoder().encode(String(request.body))
      const { method, headers } = request
      const answer = server.handle({ method, path, query: '', headers, body }, { nowMs: clock.now(), nextId })
      if (now?.as === 'cut after effect') throw new TielineError('HTTP_BROKEN', 'POST https://id.example.com: cut')
      if (now?.as === 'dies') return new Promise(() => {})
      return { status: answer.status, headers: answer.headers, body: new TextEncoder().encode(answer.body) }
    },
  }

  /** The store, with every document that is written overheard. */
  const overheard: Pick<Store, 'read' | 'write'> = {
    read: (keys) => store.read(keys),
    write: (changes) => {
      told.push(JSON.stringify(changes))
      return store.write(changes)
    },
  }

  const seeds = { next: 1 }
  function worker(name: string, more: Partial<Parameters<typeof createTokens>[0]> = {}): Tokens & AsyncDisposable {
    return createTokens({
      name,
      clock,
      random: seededRandom(seeds.next++),
      http: direct,
      secrets: { read: (secret) => env[secret]?.split(',') ?? [] },
      log: (level, event, fields) => told.push(JSON.stringify([level, event, fields])),
      store: overheard,
      ...more,
    })
  }

  /** Lets time pass, `step` by `step`, until the promise ends. */
  async function run<T>(promise: PromiseLike<T>, step = 10, limitMs = 600_000): Promise<T> {
    let ended = false
    const done = Promise.resolve(promise).finally(() => {
      ended = true
    })
    done.catch(() => {})
    for (let past = 0; !ended && past < limitMs; past += step) await clock.advance(step)
    if (!ended) throw new Error('it does not end')
    return done
  }

  /** Lets time pass until something holds. */
  async function until(holds: () => boolean): Promise<void> {
    for (let tries = 0; !holds(); tries++) {
      if (tries > 10_000) throw new Error('it does not come true')
      await clock.advance(10)
    }
  }

  /** The code that a promise fails with; its message is overheard. */
  async function failure(promise: Promise<unknown>): Promise<TielineError> {
    try {
      await run(promise)
    } catch (thrown) {
      const error = toTielineError(thrown)
      for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
        told.push(`${cause.message} ${JSON.stringify(cause)}`)
      }
      return error
    }
    throw new Error('it did not fail')
  }

  const issued = (): number => server.ledger().effects.filter(({ kind }) => kind === 'issued').length
  /** Values that are to stay inside, in what was told. */
  function leaks(): readonly string[] {
    const values = Object.values(env).flatMap((text) => text.split(','))
    return told.filter(
      (text) => /\b[ar]t_\w|Basic [A-Za-z0-9]/.test(text) || values.some((value) => text.includes(value)),
    )
  }

  return {
    clock,
    store,
    server,
    weather,
    requests,
    told,
    env,
    worker,
    run,
    until,
    failure,
    issued,
    leaks,
    direct,
    overheard,
  }
}
