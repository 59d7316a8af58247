import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import type { HttpRequest } from '../../src/port/http.ts'

export interface Listening extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Connections made since the start. */
  readonly connections: () => number
}

/** An HTTP server on 127.0.0.1; closed with all its connections. */
export async function httpServer(answer: RequestListener, connect?: (server: Server) => void): Promise<Listening> {
  const server = createServer(answer)
  connect?.(server)
  return listening(server)
}

/** A TCP server that says what it is told, and no more. */
export async function tcpServer(talk: (socket: Socket) => void): Promise<Listening> {
  return listening(createTcpServer(talk))
}

async function listening(server: TcpServer): Promise<Listening> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

export function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{}',
    timeoutMs: 5_000,
    maxResponseBytes: 1_048_576,
    allow: ['127.0.0.1', 'localhost'],
    ...more,
  }
}

/** A port of 127.0.0.1 where nobody listens. */
export async function closedPort(): Promise<number> {
  await using server = await tcpServer(() => undefined)
  return server.port
}
