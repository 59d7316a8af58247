import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly token: string | undefined
  readonly body: unknown
}

export interface FakeAdmin extends AsyncDisposable {
  readonly url: string
  readonly asked: Asked[]
}

/** Answers `METHOD /path` (without the query) under /admin/v1 with a value, or with a problem when the value has a `status`. */
export async function fakeAdmin(answers: Readonly<Record<string, unknown>>): Promise<FakeAdmin> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const { method = '', url = '' } = request
    const path = url.replace('/admin/v1/', '')
    asked.push({ method, path, token: request.headers.authorization, body: text === '' ? undefined : JSON.parse(text) })
    const answer = answers[`${method} ${path.split('?')[0]}`] ?? {
      status: 404,
      code: 'NOT_FOUND',
      detail: `no ${path}`,
    }
    const status = typeof answer === 'object' && 'status' in answer ? Number(answer.status) : 200
    response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'application/problem+json' })
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
