import { subscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { passing } from './passage.ts'

/** Channels of Node and of undici (docs/docs/api/DiagnosticsChannel.md there), published in the middle of their work. */
export function watchHttp(): void {
  subscribe('undici:request:create', () => passing('before the call'))
  subscribe('undici:request:bodySent', () => passing('after the call is sent'))
  // Published before the answer is handed to the caller.
  subscribe('undici:request:trailers', () => passing('after the answer'))
  subscribe('http.server.response.finish', (message) => {
    const { response } = message as { readonly response: ServerResponse }
    if (response.statusCode === 202) passing('after the acknowledgement')
  })
}
