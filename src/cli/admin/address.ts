import { TielineError } from '../../core/error.ts'
import { loadApp } from '../config/load.ts'
import type { AdminOptions } from '../option.ts'

type Environment = Readonly<Record<string, string | undefined>>

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = '4400'

/**
 * Where the running Tieline is: `--url`, else what `--config` declares, else TIELINE_URL, else TIELINE_HOST and TIELINE_PORT, else
 * the default. Without a slash at the end.
 * @throws {TielineError} REQUEST_INVALID when that is no address
 */
export async function adminAddress(options: AdminOptions, env: Environment = process.env): Promise<string> {
  if (options.url !== undefined) return checked('--url', options.url)
  if (options.config !== undefined) {
    const { host, port } = (await loadApp(options.config)).app.declaration.gateway ?? {}
    return address(env['TIELINE_HOST'] || host, env['TIELINE_PORT'] || port?.toString())
  }
  if (env['TIELINE_URL']) return checked('TIELINE_URL', env['TIELINE_URL'])
  return address(env['TIELINE_HOST'] || undefined, env['TIELINE_PORT'] || undefined)
}

function address(host = DEFAULT_HOST, port = DEFAULT_PORT): string {
  return checked('TIELINE_HOST and TIELINE_PORT', `http://${reachable(host)}:${port}`)
}

/** An address that listens everywhere is called by its loopback name; IPv6 stands in brackets. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return DEFAULT_HOST
  if (host === '::') return '[::1]'
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function checked(from: string, text: string): string {
  const url = URL.parse(text)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '') {
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  }
  throw new TielineError(
    'REQUEST_INVALID',
    `${from} ${JSON.stringify(text)} is no address: write http://HOST:PORT, without user or password`,
  )
}
