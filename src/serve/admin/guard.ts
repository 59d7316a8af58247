import { type Problem, problem } from '../gateway/problem.ts'
import { verifyBearer } from '../verify/bearer.ts'

export interface GuardOptions {
  /** The address that the gateway is bound to. */
  readonly host: string
  /** Bearer token of operators. */
  readonly token: string | undefined
}

interface Asked {
  readonly method?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/**
 * Who may use the admin API. With a token: who has it. Without: only what calls a gateway bound to a loopback address by a loopback name
 * or the configured one, so that a web page cannot reach it by pointing its own name here (DNS rebinding). Never a page of another origin.
 */
export function createGuard({ host, token }: GuardOptions): (asked: Asked) => Problem | undefined {
  const local = isLoopback(host)
  return (asked) => {
    if (token === undefined && !local) {
      return problem('ADMIN_CLOSED', `the gateway is bound to ${host}, and no admin token is set`)
    }
    if (token !== undefined && verifyBearer(asked, [token]) !== 'genuine') {
      return problem('TOKEN_REFUSED', 'this needs the admin token', { headers: ['WWW-Authenticate', 'Bearer'] })
    }
    const called = hostName(asked.headers['host'])
    if (token === undefined && !isLoopback(called) && called !== host.toLowerCase()) {
      return problem('ADMIN_CLOSED', 'the Host header is not a name of this machine')
    }
    if (!sameOrigin(asked)) return problem('ADMIN_CLOSED', 'a page of another origin asks')
    return undefined
  }
}

/** `localhost`, all of 127.0.0.0/8 (RFC 1122) and `::1`. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}

function hostName(host: string | string[] | undefined): string {
  return typeof host === 'string' ? host.replace(/:\d+$/, '').toLowerCase() : ''
}

/** Browsers name the origin of every request that changes something, and say when it is another site's (Fetch Metadata). */
function sameOrigin({ headers }: Asked): boolean {
  const origin = headers['origin']
  if (origin !== undefined && (typeof origin !== 'string' || originHost(origin) !== headers['host'])) return false
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin)?.[1]
}
