import type { DeadChoice, Limit } from '../../../src/engine/desk.ts'
import type { Query } from '../../../src/port/store.ts'
import { createAdmin } from '../../../src/serve/admin/admin.ts'
import type { Arrival } from '../../../src/serve/gateway/arrival.ts'
import { createLoad } from '../../../src/serve/gateway/load.ts'
import type { Problem } from '../../../src/serve/gateway/problem.ts'
import { type AnyTarget, target } from '../target.ts'
import { type Moved, quietDesk } from './desk.ts'
import { type Asked, asked } from './requests.ts'

interface Told {
  status: number
  body: string
}

const STATES = ['pending', 'delivered', 'skipped', 'dead', 'discarded', 'quarantined']
const REFUSED = [400, 401, 403, 404, 405, 413, 415, 431]

/** What the desk was asked in one run. */
const moves: Moved[] = []
const open = door(undefined)
const locked = door('made-up')

function door(token: string | undefined) {
  const load = createLoad()
  const admin = createAdmin({ desk: quietDesk(moves), host: '127.0.0.1', token, load, log: () => {}, maxHeaders: 100 })
  return { admin, load }
}

/** As the gateway does it: check, read the body, receive. */
async function ask({ admin, load }: ReturnType<typeof door>, given: Asked): Promise<Told | Problem> {
  const told: Told = { status: 0, body: '' }
  const response = {
    destroyed: false,
    writeHead: (status: number) => {
      told.status = told.status === 0 ? status : Number.NaN
    },
    end: (body: string) => {
      told.body = body
    },
  }
  const rawHeaders = Object.entries(given.headers).flat()
  const arrival = { ...given, rawHeaders, response, door: admin, answered: false, heldBytes: 0 } as unknown as Arrival
  const refused = admin.check(arrival)
  if (refused !== undefined) return refused
  load.active++
  await admin.receive(arrival, Buffer.from(given.body))
  return told
}

export const admin: AnyTarget = target<Asked, 'answers' | 'guard' | 'typed' | 'once'>({
  name: 'admin',
  about: 'requests to the admin API: paths, queries, bodies, headers',
  laws: {
    answers: 'every request is answered once, with 200 and JSON or with a problem of 4xx, and is counted out again',
    guard:
      'with a token, nobody moves anything without it; without one, no page of another origin and no other host does',
    typed: 'the desk is asked in its own types only: states, bounded texts and lists, finite numbers above 0',
    once: 'a refused request moves nothing, a good one asks the desk once',
  },
  make: asked,
  async check(given, broken) {
    moves.length = 0
    const told = await ask(open, given)
    if ('code' in told ? !REFUSED.includes(told.status) : told.status !== 200 && !REFUSED.includes(told.status))
      broken('answers', `${told.status}`)
    if (!('code' in told)) {
      const { code } = JSON.parse(told.body) as { readonly code?: string }
      if ((told.status === 200) === (code !== undefined) || open.load.active !== 0) broken('answers', told.body)
    }
    const foreign = hostOf(given.headers['host']) === undefined || isForeign(given)
    if (foreign && moves.length > 0) broken('guard', 'a stranger was let in')
    if (told.status !== 200 ? moves.length > 0 : moves.length > 1) broken('once', `${moves.length} moves`)
    for (const move of moves) if (!isTyped(move)) broken('typed', JSON.stringify(move))
    const closed = await ask(locked, given)
    const known = /^bearer +made-up *$/i.test(given.headers['authorization'] ?? '')
    if (!known && closed.status !== 401) broken('guard', `${closed.status} without the token`)
  },
  grow: {
    to: 131_072,
    run: (text) =>
      ask(open, {
        method: 'POST',
        url: `/admin/v1/dead/edit`,
        headers: { host: 'localhost', 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ work: '1', body: text, why: text })),
      }),
  },
})

function hostOf(host = ''): string | undefined {
  const [name = '', ...rest] = host.toLowerCase().split(':')
  const port = rest.length === 0 || (rest.length === 1 && /^\d+$/.test(rest[0] ?? ''))
  if (/^\[?::1\]?(?::\d+)?$/.test(host)) return host
  return port && /^(?:localhost|127(?:\.\d{1,3}){3})$/.test(name) ? name : undefined
}

function isForeign({ headers }: Asked): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return true
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

function isTyped({ verb, given: [first, second, third] }: Moved): boolean {
  switch (verb) {
    case 'find': {
      const { states = [], limit, flow = '', ...texts } = first as Query
      return (
        states.every((state) => STATES.includes(state)) &&
        isWhole(limit, 1, 500) &&
        (flow === '' || isText(flow)) &&
        Object.values(texts).every(isText)
      )
    }
    case 'replay':
    case 'discard': {
      const { works, flow, fingerprint, rate, why } = first as DeadChoice
      const chosen = works !== undefined || flow !== undefined || fingerprint !== undefined
      return (
        chosen &&
        isText(why) &&
        (works === undefined || (works.length <= 1_000 && works.every(isText))) &&
        (rate === undefined || (rate > 0 && rate <= 100_000)) &&
        (flow === undefined || flow === '' || isText(flow))
      )
    }
    case 'edit':
      return isText(first) && second instanceof Uint8Array && isText(third)
    case 'drain':
    case 'pause':
      return isText(first) && isFor(second)
    case 'limit':
      return isText(first) && isLimit(second as Limit) && isFor(third)
    case 'probe':
      return isText(first) && isText(second)
    case 'show':
    case 'why':
    case 'resume':
      return isText(first)
    default:
      return true
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= 4_096
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

/** A reason, and perhaps for how long: an instant must come out of it. */
function isFor(options: unknown): boolean {
  const { why, forMs = 1 } = options as { readonly why: string; readonly forMs?: number }
  return isText(why) && forMs > 0 && !Number.isNaN(new Date(Date.UTC(2026, 0) + forMs).getTime())
}

function isLimit(limit: Limit): boolean {
  if ('concurrency' in limit) return isWhole(limit.concurrency, 1, 4_096)
  return limit.perSecond > 0 && limit.perSecond <= 1_000_000
}
