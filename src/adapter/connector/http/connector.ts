import { TielineError } from '../../../core/error.ts'
import { checkName } from '../../../core/name.ts'
import { type Credential, secretsOf } from '../../../declare/credential/credential.ts'
import { type Policy, policy, timeout } from '../../../declare/policy/policy.ts'
import type { Connector, FaultTable, Quota } from '../../../declare/target/operation.ts'

/** What people may say of any system that is called over HTTP. */
export interface Calling {
  /** An access token that is fetched and renewed: `clientCredentials({…})`, `refreshToken({…})`, `jwtBearer({…})`. Default: none. */
  readonly credential?: Credential
  /** Around each call, outermost layer first. Default `policy(timeout('30s'))`. */
  readonly policy?: Policy
  /** Hosts that may resolve to a private address: `127.0.0.1`, `[::1]`, `crm.internal`. Default: none. */
  readonly allow?: readonly string[]
  /** `http://proxy:3128`. Default: none; the environment's proxy variables are not read. */
  readonly proxy?: string
  /** Larger answers fail with HTTP_TOO_LARGE. Bytes. Default 1 MiB. */
  readonly maxResponseBytes?: number
  /**
   * What the headers of an answer, by lower-case names, say of the calls that are left: `shopifyQuota`, or your own. Pure. Default: what
   * the provider is known to send; for `http` and `webhook` `RateLimit`, `RateLimit-*` and `X-RateLimit-*`.
   */
  readonly quota?: (headers: Readonly<Record<string, string>>) => Quota | undefined
}

interface ConnectorSpec extends Calling {
  readonly name: string
  readonly baseUrl: string
  readonly secrets: readonly string[]
  readonly faults: FaultTable
}

const DEFAULTS = Object.freeze({
  policy: policy(timeout('30s')), // long for an API, short beside a flow's deadline of 60 s
  allow: Object.freeze([]) as readonly string[],
  maxResponseBytes: 1_048_576,
})

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_:.-]+)$/i

/** @throws {TielineError} DECLARATION_INVALID naming the field */
export function connector(spec: ConnectorSpec): Connector {
  const { name, credential, quota, allow = DEFAULTS.allow, maxResponseBytes = DEFAULTS.maxResponseBytes } = spec
  checkName('connector', name)
  for (const host of allow) {
    if (!HOST.test(host)) throw invalid(name, `allow ${JSON.stringify(host)}: use a host without scheme, port or path`)
  }
  if (!Number.isInteger(maxResponseBytes) || maxResponseBytes < 1) {
    throw invalid(name, `maxResponseBytes ${maxResponseBytes}: use a whole number of bytes, 1 or more`)
  }
  if (spec.proxy !== undefined) urlOf(name, 'proxy', spec.proxy)
  return Object.freeze({
    kind: 'connector',
    name,
    baseUrl: baseUrl(name, spec.baseUrl),
    secrets: Object.freeze([...new Set([...spec.secrets, ...(credential === undefined ? [] : secretsOf(credential))])]),
    policy: spec.policy ?? DEFAULTS.policy,
    allow: Object.freeze([...allow]),
    proxy: spec.proxy,
    maxResponseBytes,
    faults: spec.faults,
    ...(credential === undefined ? undefined : { credential }),
    ...(quota === undefined ? undefined : { quota }),
  })
}

function baseUrl(name: string, text: string): string {
  const url = urlOf(name, 'baseUrl', text)
  if (url.username !== '' || url.password !== '')
    throw invalid(name, 'baseUrl: use `auth`, not a name or password in the address')
  if (url.search !== '' || url.hash !== '') throw invalid(name, 'baseUrl: leave query and fragment to the operations')
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** The value is not told: it may hold a password. */
function urlOf(name: string, field: string, text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid(name, `${field}: use an absolute http: or https: address`)
  }
  return url
}

export function invalid(name: string, what: string): TielineError {
  return new TielineError('DECLARATION_INVALID', `connector ${name}: ${what}`)
}
