import { signGithub, signStripe } from '../../../src/adapter/signature/index.ts'
import { CODES } from '../../../src/core/codes.ts'
import type { Rig } from '../../serve/rig.ts'
import { mutateBytes } from '../mutate/text.ts'
import { type AnyTarget, type Broken, target } from '../target.ts'
import { type End, exchange, type Response, responses } from './exchange.ts'
import { request } from './request.ts'
import { GITHUB_SECRET, STRIPE_SECRET, startGateway, TOKEN } from './server.ts'

/** What one connection carries, in the pieces in which it is written. */
interface Carried {
  readonly pieces: readonly Uint8Array[]
  readonly end: string
}

type Law = 'alive' | 'answers' | 'genuine' | 'released' | 'goes on'

const GOOD = [100, 200, 202]
const REFUSED = [400, 401, 403, 404, 405, 408, 413, 415, 422, 431, 503]

let rig: Promise<Rig> | undefined
let crash: Error | undefined
const crashed = (error: Error): void => {
  crash = error
}

function opened(): Promise<Rig> {
  if (rig === undefined) process.on('uncaughtException', crashed)
  rig ??= startGateway()
  return rig
}

export const gateway: AnyTarget = target<Carried, Law>({
  name: 'gateway',
  about:
    'mangled requests to the gateway, over sockets: framing, floods of headers, chunks, lengths, pipelines, pieces',
  runs: 5_000,
  laws: {
    alive: 'nothing is thrown where nobody catches it',
    answers: 'the connection is closed, after answers of 2xx, problems of 4xx, or 503',
    genuine: 'what is taken in was sent with the signature of exactly these bytes, or with the token',
    released: 'afterwards no request is under way and no byte is held',
    'goes on': 'afterwards a good request is accepted',
  },
  make: (chance) => {
    const text = Array.from({ length: chance.once(3) ? chance.between(2, 4) : 1 }, () => request(chance)).join('')
    const whole = Buffer.from(text, 'latin1')
    const bytes = chance.once(3) ? mutateBytes(chance, whole) : whole
    const pieces: Uint8Array[] = []
    let from = 0
    for (let cuts = chance.once(3) ? chance.between(1, 5) : 0; cuts > 0; cuts--) {
      const to = from + chance.below(bytes.length - from + 1)
      pieces.push(bytes.subarray(from, to))
      from = to
    }
    return { pieces: [...pieces, bytes.subarray(from)], end: chance.once(10) ? chance.one(['reset', 'close']) : 'half' }
  },
  async check({ pieces, end }, broken) {
    const { port, taken } = await opened()
    taken.length = 0
    const text = await exchange(port, pieces, end as End)
    if (crash !== undefined) broken('alive', (crash as Error).stack)
    if (text === undefined) return broken('answers', 'the connection stays open')
    const sent = remembered(Buffer.concat(pieces).toString('latin1'))
    for (const { endpoint, raw } of taken)
      if (!isGenuine(endpoint.name, raw, sent)) broken('genuine', `${endpoint.name}: ${raw}`)
    const answers = responses(text)
    if (answers === undefined) {
      if (end === 'half') broken('answers', text.slice(0, 300))
    } else for (const answer of answers) checkAnswer(answer, broken)
  },
  async after(broken) {
    const { get, post } = await opened()
    const metrics = (await get('/metrics')).text
    if (!metrics.includes('tieline_gateway_held_bytes 0\n'))
      broken('released', /tieline_gateway_held_bytes .*/.exec(metrics)?.[0])
    if (!metrics.includes('http_server_active_requests 1\n'))
      broken('released', /http_server_active_requests .*/.exec(metrics)?.[0])
    const body = `{"id":"after-${Math.floor(performance.now() * 1_000)}"}`
    const { status } = await post('/in/github', body, {
      'x-hub-signature-256': signGithub(GITHUB_SECRET, Buffer.from(body)),
      'x-github-delivery': body,
    })
    if (status !== 202) broken('goes on', String(status))
  },
  async close() {
    process.off('uncaughtException', crashed)
    await (await rig)?.[Symbol.asyncDispose]()
    rig = undefined
  },
})

function checkAnswer({ status, headers, body }: Response, broken: Broken<Law>): void {
  if (GOOD.includes(status)) return
  if (!REFUSED.includes(status)) broken('answers', `${status} ${body}`)
  if (headers.get('content-type') !== 'application/problem+json')
    broken('answers', `${status} ${headers.get('content-type')}`)
  if (body === '') return // of HEAD
  const problem = JSON.parse(Buffer.from(body, 'latin1').toString()) as {
    readonly status: number
    readonly code: string
  }
  if (problem.status !== status || !Object.hasOwn(CODES, problem.code)) broken('answers', body)
}

/** What the last connections carried: a client that resets its own is gone before its request is taken. */
function remembered(text: string): string {
  recent.push(text)
  if (recent.length > RECENT) recent.shift()
  return recent.join('\n')
}

const RECENT = 8
const recent: string[] = []

/** Whether the bytes that were sent hold the signature of these bytes, of any time that stands in them. */
function isGenuine(name: string, body: Buffer, sent: string): boolean {
  if (name === 'events') return sent.includes(TOKEN)
  if (name === 'github') return sent.includes(signGithub(GITHUB_SECRET, body))
  const times = [...sent.matchAll(/t=(\d{1,16})/g)].map(([, seconds]) => Number(seconds))
  return times.some((seconds) => sent.includes(signStripe(STRIPE_SECRET, seconds, body).split('v1=')[1] as string))
}
