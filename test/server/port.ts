import { createServer } from 'node:net'

/** Below the ports that systems give out by themselves (Linux 32768, others 49152): nobody takes it while its server is down. */
const FROM = 20_000
const COUNT = 10_000
const TRIES = 50

/** A port on 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let n = 0; n < TRIES; n++) {
    const port = FROM + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port from ${FROM} to ${FROM + COUNT}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
