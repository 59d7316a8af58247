import { type ProviderServer, type ServeOptions, serveProvider } from '../server/serve-provider.ts'
import type { OAuth } from './oauth.ts'

/**
 * Serves a token endpoint, with faults around it, and one control more: `POST /_sandbox/revoke` takes back all tokens that were given.
 * @throws {TielineError} CONFIG_INVALID when the address cannot be used.
 */
export function serveOAuth(server: OAuth, options: ServeOptions = {}): Promise<ProviderServer> {
  return serveProvider(server, options, { controls: { 'POST /_sandbox/revoke': () => ({ revoked: server.revoke() }) } })
}
