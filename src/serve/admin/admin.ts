import { TielineError } from '../../core/error.ts'
import type { Desk } from '../../engine/desk.ts'
import type { Log } from '../../port/log.ts'
import { answerJson, refuse } from '../gateway/answer.ts'
import type { Arrival, Door } from '../gateway/arrival.ts'
import { checkHeaders, checkJsonType, checkLength } from '../gateway/header-check.ts'
import type { Load } from '../gateway/load.ts'
import { type Problem, problem, problemOf } from '../gateway/problem.ts'
import { createCounts } from '../metrics/request-counts.ts'
import { parseJson } from '../parse-json.ts'
import { readFields } from './field.ts'
import { createGuard } from './guard.ts'
import { ADMIN_ROOT, openapi } from './openapi.ts'
import { type Route, route } from './route.ts'
import { ROUTES } from './routes.ts'

export interface AdminOptions {
  readonly desk: Desk
  readonly host: string
  readonly token: string | undefined
  readonly load: Load
  readonly log: Log
  readonly maxHeaders: number
}

export interface Admin extends Door {
  /** Why a request is refused before its body is read. */
  check(arrival: Arrival): Problem | undefined
}

const MAX_BYTES = 4 * 1_048_576 // an edited body of 1 MiB in base64, and some
const MAX_DEPTH = 64

/** The admin API: guard, route, check the fields, run, answer. */
export function createAdmin({ desk, host, token, load, log, maxHeaders }: AdminOptions): Admin {
  const guard = createGuard({ host, token })
  const routes: readonly Route[] = [...ROUTES, documentRoute(() => document)]
  const document = openapi(routes, { token: token !== undefined })

  return {
    counts: createCounts('admin'),
    load,
    maxBytes: MAX_BYTES,
    check(arrival) {
      const refused = guard(arrival) ?? checkHeaders(arrival, maxHeaders)
      if (refused !== undefined) return refused
      const { path } = split(arrival)
      const here = routes.filter((candidate) => match(candidate.path, path) !== undefined)
      if (here.length === 0) return problem('NOT_FOUND', `nothing is at this path; see ${ADMIN_ROOT}/openapi.json`)
      if (!here.some(({ method }) => method === arrival.method)) {
        const allow = here.map(({ method }) => method).join(', ')
        return problem('METHOD_REFUSED', `only ${allow} is taken here`, { headers: ['Allow', allow] })
      }
      return (arrival.method === 'POST' ? checkJsonType(arrival) : undefined) ?? checkLength(arrival, MAX_BYTES)
    },
    async receive(arrival, body) {
      try {
        const { path, query } = split(arrival)
        for (const candidate of routes) {
          const found = candidate.method === arrival.method ? match(candidate.path, path) : undefined
          if (found === undefined) continue
          const input = readFields(candidate.fields, { path: found, query, body: readBody(candidate, body) })
          answerJson(arrival, 200, JSON.stringify(await candidate.run(input, desk)))
          return
        }
        refuse(arrival, problem('NOT_FOUND', 'nothing is at this path'))
      } catch (thrown) {
        const why = problemOf(thrown)
        if (why.status >= 500) log('error', 'admin.failed', { code: why.code, message: String(thrown).slice(0, 1_000) })
        refuse(arrival, why)
      }
    },
  }
}

function documentRoute(document: () => unknown): Route {
  return route({
    method: 'GET',
    path: '/openapi.json',
    name: 'openapi',
    summary: 'This document.',
    fields: {},
    answer: { type: 'object' },
    run: document,
  })
}

function split({ url = '' }: Arrival): { readonly path: string; readonly query: Readonly<Record<string, unknown>> } {
  const mark = url.indexOf('?')
  const path = (mark < 0 ? url : url.slice(0, mark)).slice(ADMIN_ROOT.length)
  return { path, query: mark < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(mark + 1))) }
}

/** The fields in a path, or `undefined` where it is another path. */
function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/')
  const asked = path.split('/')
  if (wanted.length !== asked.length) return undefined
  const found: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    if (!part.startsWith('{')) {
      if (part !== asked[i]) return undefined
    } else {
      found[part.slice(1, -1)] = decode(asked[i] ?? '')
    }
  }
  return found
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function readBody({ method }: Route, body: Buffer): Readonly<Record<string, unknown>> {
  if (method === 'GET') return {}
  const value = parseJson(body, MAX_DEPTH)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new TielineError('REQUEST_INVALID', 'the body is not a JSON object')
}
