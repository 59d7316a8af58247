import { refuse } from './answer.ts'
import { type Arrival, release } from './arrival.ts'
import { type Problem, problem } from './problem.ts'

const NOTHING = Buffer.alloc(0)
// Read and dropped after an early refusal, so that the sender gets to read its answer instead of a reset connection (RFC 9112, 9.6).
const DROPPED_BYTES = 16 * 1_048_576

/**
 * Reads the body and hands it to the door. The usual body is one chunk: no array, no copy.
 *
 * | mode | a chunk comes | the body ends | the sender goes away |
 * | --- | --- | --- | --- |
 * | reading | kept; over the limit: refused | handed to the door | forgotten |
 * | refused before its end | dropped; over DROPPED_BYTES: connection cut | nothing | nothing |
 */
export function readBody(arrival: Arrival): void {
  arrival.on('data', onData)
  arrival.on('end', onEnd)
  arrival.on('error', onError)
}

/** Refuses a request before its body is read, and drops what still comes. */
export function turnAway(arrival: Arrival, why: Problem): void {
  refuse(arrival, why)
  arrival.on('data', onData)
  arrival.on('error', onError)
}

function onData(this: Arrival, chunk: Buffer): void {
  this.size += chunk.length
  if (this.answered) {
    if (this.size > DROPPED_BYTES) this.socket.destroy()
    return
  }
  if (this.size > this.door.maxBytes) {
    refuse(this, problem('BODY_TOO_LARGE', `the body is larger than ${this.door.maxBytes} bytes`))
    return
  }
  this.heldBytes += chunk.length
  this.door.load.heldBytes += chunk.length
  if (this.first === undefined) this.first = chunk
  else if (this.rest === undefined) this.rest = [this.first, chunk]
  else this.rest.push(chunk)
}

function onEnd(this: Arrival): void {
  if (this.answered) return
  this.received = true
  void this.door.receive(this, this.rest === undefined ? (this.first ?? NOTHING) : Buffer.concat(this.rest, this.size))
}

/** Without a listener the error of a cut connection would end the process. */
function onError(this: Arrival): void {
  if (!this.answered && !this.received) release(this)
}
