import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TielineError } from '../../src/core/error.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { type Endpoint, type EndpointSpec, endpoint, type SourceEvent } from '../../src/declare/source/source.ts'
import type { Desk, Status } from '../../src/engine/desk.ts'
import type { Taken } from '../../src/engine/intake.ts'
import { type Admittance, OPEN } from '../../src/engine/pressure/admittance.ts'
import type { Clock } from '../../src/port/clock.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../../src/serve/index.ts'

/** One call of the intake. */
export interface Take {
  readonly endpoint: Endpoint
  readonly events: readonly SourceEvent[]
  readonly raw: Buffer
}

export interface Rig extends AsyncDisposable {
  readonly gateway: Gateway
  readonly url: string
  readonly port: number
  /** What was taken in, in order. */
  readonly taken: Take[]
  readonly logged: { level: string; event: string; fields: Readonly<Record<string, unknown>> | undefined }[]
  /** Secrets by name; change them to rotate. */
  readonly secrets: Record<string, readonly string[]>
  post(path: string, body: string | Uint8Array, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into
  readonly json: any
}

export interface RigOptions extends Partial<Omit<GatewayOptions, 'intake' | 'desk'>> {
  readonly take?: (take: Take) => Promise<Taken>
  readonly desk?: Partial<Desk>
  readonly admittance?: Partial<Admittance>
}

export const clock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
}

export const STATUS: Status = Object.freeze({
  accepted: 5,
  duplicates: 1,
  delivered: 3,
  skipped: 0,
  dead: 1,
  discarded: 0,
  quarantined: 2,
  pending: 1,
  leased: 1,
  waiting: 0,
  oldestMs: 1_500,
  flows: [{ flow: 'pay', pending: 1 }],
  ready: true,
  uptimeMs: 60_000,
  store: 'memory',
  owner: 'test',
})

/** Lets everybody in, but for the bound of memory. */
const admitting: Admittance = {
  ...OPEN,
  refuses: (_, memory) => (memory > 1 ? { code: 'STORE_BUSY', reason: 'memory', retryAfterMs: 2_000 } : undefined),
}

/** A gateway on a free port with an intake that remembers, and counts ids it has seen as duplicates. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { take, desk, admittance, ...rest } = options
  const taken: Take[] = []
  const logged: Rig['logged'] = []
  const seen = new Set<string>()
  const secrets: Record<string, readonly string[]> = { GITHUB: [GITHUB_SECRET] }
  const gateway = createGateway({
    endpoints: [github()],
    clock,
    host: '127.0.0.1',
    port: 0,
    log: (level, event, fields) => logged.push({ level, event, fields }),
    secrets: { read: (name) => secrets[name] ?? [] },
    ...rest,
    intake: {
      admittance: { ...admitting, ...admittance },
      take: async (end, events, raw) => {
        const call = { endpoint: end, events, raw: Buffer.from(raw) }
        taken.push(call)
        if (take !== undefined) return take(call)
        const messages = events.map(({ id }) => {
          const duplicate = seen.has(id)
          seen.add(id)
          return { id, duplicate }
        })
        return { as: 'accepted', messages }
      },
    },
    desk: { status: async () => STATUS, controls: () => [], ...desk } as Desk,
  })
  const { url, port } = await gateway.listen()
  return {
    gateway,
    url,
    port,
    taken,
    logged,
    secrets,
    post: (path, body, headers = {}) =>
      call(url + path, {
        method: 'POST',
        body: body as string,
        headers: { 'content-type': 'application/json', ...headers },
      }),
    get: (path, headers = {}) => call(url + path, { headers }),
    [Symbol.asyncDispose]: () => gateway.close(0),
  }
}

export const GITHUB_SECRET = 'made-up-github'

/** A source whose sender signs the body only: the shortest to sign in a test. */
export function github(more: Partial<EndpointSpec> = {}): Endpoint {
  return endpoint({
    name: 'github',
    scheme: 'github',
    secret: secret('GITHUB'),
    read: ({ headers, body }) => [
      {
        id: headers['x-github-delivery'] ?? 'none',
        type: headers['x-github-event'] ?? 'push',
        attributes: {},
        data: body,
      },
    ],
    ...more,
  })
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, text, json }
}

/** Writes raw bytes and gives back all that comes until the other side ends, or until `done` says enough. */
export function raw(
  port: number,
  bytes: string | Uint8Array,
  done: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (done(text)) socket.destroy()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
  })
}

export function failing(error: TielineError): () => Promise<never> {
  return () => Promise.reject(error)
}
