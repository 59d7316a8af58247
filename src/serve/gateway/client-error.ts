import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { countRefusal, type RequestCounts } from '../metrics/request-counts.ts'
import { type Arrival, release } from './arrival.ts'
import { type Problem, problem, problemBody } from './problem.ts'

const CURRENT = Symbol('the request that a connection works on')

interface Line extends Socket {
  [CURRENT]?: Arrival
}

/** Remembers what a connection works on, for the case that it breaks. */
export function workOn(arrival: Arrival): void {
  const line: Line = arrival.socket
  line[CURRENT] = arrival
}

/**
 * Answers what node:http could not read as a request (too slow, too many headers, no HTTP) and ends the connection. Nothing is written
 * while another request of the same connection waits for its own answer: the sender would take one for the other.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, counts: RequestCounts): void {
  const current = (socket as Line)[CURRENT]
  const waiting = current !== undefined && !current.answered
  if (!socket.writable || error.code === 'ECONNRESET' || (waiting && current.received)) {
    socket.destroy()
    return
  }
  if (waiting) release(current)
  const why = problemOfClient(error.code)
  counts.classes[4]!++
  countRefusal(counts, why.code)
  const body = problemBody(why)
  socket.write(
    `HTTP/1.1 ${why.status} ${STATUS_CODES[why.status]}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  socket.destroySoon()
}

function problemOfClient(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem('REQUEST_TIMEOUT', 'the request did not arrive in time')
    case 'HPE_HEADER_OVERFLOW':
      return problem('HEADERS_REFUSED', 'the headers are too large', { status: 431 })
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return problem('BODY_TOO_LARGE', 'the extensions of a chunk are too large')
    default:
      return problem('REQUEST_INVALID', 'this is no HTTP/1.1 request')
  }
}
