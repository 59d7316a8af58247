import { countRefusal } from '../metrics/request-counts.ts'
import { type Arrival, release } from './arrival.ts'
import { type Problem, problemBody, problemHeaders } from './problem.ts'

const JSON_TYPE = 'application/json'

/** Headers of short JSON answers by their length: the same few arrays serve every 202. node:http does not change them. */
const SHORT = Array.from({ length: 512 }, (_, length) => ['Content-Type', JSON_TYPE, 'Content-Length', String(length)])

/** Answers JSON. A second answer to one request is dropped, here and below. */
export function answerJson(arrival: Arrival, status: number, json: string): void {
  const length = Buffer.byteLength(json)
  send(arrival, status, SHORT[length] ?? ['Content-Type', JSON_TYPE, 'Content-Length', String(length)], json)
}

export function answerText(arrival: Arrival, status: number, contentType: string, text: string): void {
  send(arrival, status, ['Content-Type', contentType, 'Content-Length', String(Buffer.byteLength(text))], text)
}

export function refuse(arrival: Arrival, why: Problem): void {
  if (arrival.answered) return
  const body = problemBody(why)
  const length = String(Buffer.byteLength(body))
  countRefusal(arrival.door.counts, why.code)
  send(
    arrival,
    why.status,
    ['Content-Type', 'application/problem+json', 'Content-Length', length, ...problemHeaders(why)],
    body,
  )
}

function send(arrival: Arrival, status: number, headers: string[], body: string): void {
  if (arrival.answered) return
  const { response, door } = arrival
  release(arrival)
  door.counts.classes[(status / 100) | 0]!++
  if (door.load.draining) response.shouldKeepAlive = false
  if (response.destroyed) return
  response.writeHead(status, headers)
  response.end(body)
}
