import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the example sends. */
export interface Delivery {
  readonly source: string
  readonly id: string
  readonly type: string
  readonly key: string
  readonly data: unknown
}

export interface Call {
  readonly path: string
  readonly body: Delivery
  readonly idempotencyKey: string
  readonly attempt: number
  /** Set once it is answered; `cut` and calls that are held stay without. */
  status?: number
}

/** `cut` ends the connection before an answer, `cut body` in the middle of one, `hold` answers never. */
export type Reply =
  | number
  | 'cut'
  | 'cut body'
  | 'hold'
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }

/** The other side of every delivery: records each call and answers by a script. */
export interface Sink extends AsyncDisposable {
  readonly url: string
  readonly calls: readonly Call[]
  /** The calls about one message, in the order in which they came. */
  of(id: string): readonly Call[]
  /** What the next calls about this message are answered; after that, and without a script, 200. */
  script(id: string, ...replies: readonly Reply[]): void
  /** Resolves once this is so; looked at after each call. */
  until(holds: () => boolean): Promise<void>
}

export async function startSink(): Promise<Sink> {
  const calls: Call[] = []
  const scripts = new Map<string, Reply[]>()
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => void take(request, response))

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Delivery
    const { 'idempotency-key': key, 'tieline-attempt': attempt } = request.headers
    const call: Call = { path: request.url ?? '', body, idempotencyKey: String(key), attempt: Number(attempt) }
    calls.push(call)
    answer(call, scripts.get(body.id)?.shift() ?? 200, response)
    for (const look of waiting) look()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    of: (id) => calls.filter(({ body }) => body.id === id),
    script: (id, ...replies) => void scripts.set(id, [...replies]),
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(call: Call, reply: Reply, response: ServerResponse): void {
  if (reply === 'hold') return
  if (reply === 'cut') {
    response.destroy()
    return
  }
  if (reply === 'cut body') {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{', () => response.destroy())
    return
  }
  const { status, headers } = typeof reply === 'number' ? { status: reply, headers: {} } : reply
  call.status = status
  response.writeHead(status, headers).end()
}
