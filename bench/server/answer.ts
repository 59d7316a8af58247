import type { ServerResponse } from 'node:http'

const BODY = '{"id":"evt_0123456789abcdef01234567","duplicate":false}'
const HEADERS = ['Content-Type', 'application/json', 'Content-Length', String(BODY.length)]

/** What a peer answers: the same bytes, but for the id, as `POST /in/:source`. */
export function answer(response: ServerResponse): void {
  response.writeHead(202, HEADERS)
  response.end(BODY)
}
