import { TielineError } from '../../core/error.ts'

/** An address cut into what a pool is kept for and what is asked of it. */
export interface Address {
  readonly origin: string
  /** Path and query, as they go over the wire. */
  readonly path: string
}

const SHAPE = /^(https?:\/\/[^/?#\\]+)([^#]*)/i

/**
 * Cuts without parsing: that is done once for each origin. Only a path with other than printable ASCII is parsed, to be encoded.
 * @throws {TielineError} REQUEST_INVALID
 */
export function cut(url: string): Address {
  const found = SHAPE.exec(url)
  if (found === null)
    throw new TielineError('REQUEST_INVALID', 'the address must start with http:// or https:// and a host')
  const origin = found[1] as string
  const rest = found[2] as string
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return { origin, path: /^[!-~]*$/.test(path) ? path : encoded(origin, path) }
}

function encoded(origin: string, path: string): string {
  const { pathname, search } = parse(origin + path)
  return pathname + search
}

/** @throws {TielineError} REQUEST_INVALID */
export function parse(origin: string): URL {
  let url: URL
  try {
    url = new URL(origin)
  } catch (cause) {
    throw new TielineError('REQUEST_INVALID', 'the host of the address is malformed', { cause })
  }
  if (url.username !== '' || url.password !== '') {
    throw new TielineError(
      'REQUEST_INVALID',
      `${url.host}: use \`auth\` of the connector, not a name or password in the address`,
    )
  }
  return url
}
