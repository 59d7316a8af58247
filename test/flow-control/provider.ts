import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nowMs } from './now.ts'

/** One call, as the provider saw it. Times by `nowMs`. */
export interface Call {
  readonly flow: string
  readonly worker: number
  readonly id: string
  readonly key: string
  /** When the worker made the request, behind all gates. */
  readonly sentMs: number
  readonly atMs: number
  /** When it was answered, or its worker hung up. */
  endMs: number | undefined
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly afterMs?: number
}

export interface Provider extends AsyncDisposable {
  readonly url: string
  readonly calls: Call[]
  answer: (call: Call) => Answer
}

export async function startProvider(): Promise<Provider> {
  const calls: Call[] = []
  const server: Server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const atMs = nowMs()
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const { id, key } = JSON.parse(text) as { id: string; key: string }
    const call: Call = {
      flow: (request.url ?? '/').slice(1),
      worker: Number(request.headers['x-process']),
      id,
      key,
      sentMs: Number(request.headers['x-sent']),
      atMs,
      endMs: undefined,
    }
    calls.push(call)
    const { status = 200, headers = {}, afterMs = 0 } = provider.answer(call)
    response.once('close', () => {
      call.endMs = nowMs()
    })
    const end = (): void => void response.writeHead(status, headers).end()
    if (afterMs === 0) end()
    else setTimeout(end, afterMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: Provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: () => ({}),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return provider
}
