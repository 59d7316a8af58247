import { connect } from 'node:net'
import type { Flow } from '../declare/flow/flow.ts'
import { connectorsOf } from '../derive/check/call.ts'
import type { Finding } from '../derive/check/finding.ts'

const PATIENCE_MS = 3_000

/** Opens a TCP connection to each target, all at the same time, and says which cannot be reached from here. Sends nothing. */
export async function probe(flows: readonly Flow[]): Promise<readonly Finding[]> {
  const found = await Promise.all(
    connectorsOf(flows).map(async (connector): Promise<readonly Finding[]> => {
      const url = URL.parse(connector.proxy ?? connector.baseUrl)
      if (url === null) return [] // the rule reachable-target says so
      const failed = await attempt(url)
      if (failed === undefined) return []
      const message = `${url.host} cannot be reached from here: ${failed}`
      const advice = 'Check the address, the network and whether the other side is up.'
      return [{ rule: 'reachable-target', severity: 'error', where: `connector ${connector.name}`, message, advice }]
    }),
  )
  return found.flat()
}

/** Why there is no connection; `undefined` when there is one. */
function attempt(url: URL): Promise<string | undefined> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port })
    const end = (why: string | undefined): void => {
      socket.destroy()
      resolve(why)
    }
    socket.setTimeout(PATIENCE_MS, () => end(`no answer for ${PATIENCE_MS / 1_000} s`))
    socket.once('connect', () => end(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
