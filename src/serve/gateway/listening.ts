import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TielineError } from '../../core/error.ts'
import type { Clock } from '../../port/clock.ts'
import type { Log } from '../../port/log.ts'

/** @throws {TielineError} CONFIG_INVALID when the address cannot be listened on */
export function listen(server: Server, host: string, port: number): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new TielineError('CONFIG_INVALID', `cannot listen on ${host}:${port}: ${cause.code}`, { cause }))
    })
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port
      resolve({ url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound })
    })
  })
}

/** Closes a server: idle connections at once, busy ones after their answer, what is left after `graceMs` by force. */
export async function drain(server: Server, clock: Clock, log: Log, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const timer = new AbortController()
  const late = await Promise.race([
    closed.then(() => false),
    clock.sleep(graceMs, timer.signal).then(() => !timer.signal.aborted),
  ])
  timer.abort()
  if (late) {
    log('warn', 'gateway.connections-cut', { graceMs })
    server.closeAllConnections()
    await closed
  }
}
