import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { TielineError } from '../../core/error.ts'
import { isPrivateAddress } from './private-address.ts'

/** Every address of a name. `node:dns` `lookup` with `all: true`; tests hand in their own. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true; readonly family?: number | undefined; readonly hints?: number | undefined },
  done: (error: Error | null, addresses: readonly { readonly address: string; readonly family: number }[]) => void,
) => void

export const systemResolve: Resolve = (hostname, options, done) => {
  systemLookup(hostname, { all: true, family: options.family ?? 0, hints: options.hints ?? 0 }, done)
}

/**
 * Refuses an address literal, and a name that means this machine wherever it is resolved. Names are judged by their addresses, at
 * connect time, by `guarded`. Give the `hostname` of a parsed URL: `127.1` and `0x7f.1` are `127.0.0.1` there.
 * @throws {TielineError} ADDRESS_REFUSED
 */
export function checkHost(hostname: string): void {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  const local = /(^|\.)localhost\.?$/i.test(bare)
  if (local || (isIP(bare) !== 0 && isPrivateAddress(bare))) throw refused(hostname)
}

/**
 * A lookup that refuses a name when any of its addresses is private. It runs for each new connection and the connection goes to the
 * addresses that it judged, so a name that changes its mind (DNS rebinding) is caught.
 */
export function guarded(resolve: Resolve): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { all: true, family: familyOf(options.family), hints: options.hints }, (error, addresses) => {
      if (error !== null) return done(error, '', 0)
      const first = addresses[0]
      if (first === undefined) return done(new Error(`${hostname} has no address`), '', 0)
      if (addresses.some(({ address }) => isPrivateAddress(address))) return done(refused(hostname), '', 0)
      if (options.all === true) done(null, [...addresses])
      else done(null, first.address, first.family)
    })
  }
}

function familyOf(family: number | 'IPv4' | 'IPv6' | undefined): number | undefined {
  if (family === 'IPv4') return 4
  return family === 'IPv6' ? 6 : family
}

function refused(hostname: string): TielineError {
  return new TielineError('ADDRESS_REFUSED', `${hostname} is a private address, or resolves to one`)
}
