import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from './port.ts'

/** A TCP proxy between a client and a server, both on 127.0.0.1, whose network fails when it is told to. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Resets every connection; new ones are taken. */
  cut(): void
  /** No byte passes any more, in either direction; connections stay open, new ones are taken and hear nothing. */
  stall(): void
  /** Resets every connection, and refuses new ones. */
  refuse(): Promise<void>
  /** Ends `stall` and `refuse`: what was held back passes. */
  pass(): Promise<void>
}

export async function startProxy(target: number): Promise<TcpProxy> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  let stalled = false
  let server: Server | undefined

  function add(socket: Socket, other: Socket): void {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      if (!other.write(chunk)) socket.pause()
    })
    other.on('drain', () => stalled || socket.resume())
    socket.on('error', () => {}) // 'close' follows
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
    if (stalled) socket.pause()
  }

  async function listen(): Promise<void> {
    const listening = createServer((client) => {
      const upstream = connect(target, '127.0.0.1')
      add(client, upstream)
      add(upstream, client)
    })
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(port, '127.0.0.1', resolve)
    })
    server = listening
  }

  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  /** What comes while it closes is cut as well. */
  async function refuse(): Promise<void> {
    const closing = server
    server = undefined
    if (closing === undefined) return cut()
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()))
    cut()
    await closed
  }

  await listen()
  return {
    port,
    cut,
    stall: () => {
      stalled = true
      for (const socket of sockets) socket.pause()
    },
    refuse,
    pass: async () => {
      stalled = false
      for (const socket of sockets) socket.resume()
      if (server === undefined) await listen()
    },
    [Symbol.asyncDispose]: refuse,
  }
}
