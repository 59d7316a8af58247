import { refuse } from './answer.ts'
import { type Arrival, type BodyReader, release } from './arrival.ts'
import { type Problem, problem } from './problem.ts'
import { problemOfRefusal } from './refusal.ts'

const NOTHING = Buffer.alloc(0)
/** Many bodies that were let in while there was room may outgrow it together. */
const FULL = problemOfRefusal({ code: 'STORE_BUSY', reason: 'memory', retryAfterMs: 5_000 })
// Read and dropped after an early refusal, so that the sender gets to read its answer instead of a reset connection (RFC 9112, 9.6).
const DROPPED_BYTES = 16 * 1_048_576

/**
 * Reads the body and hands it to the door. The usual body is one chunk: no array, no copy.
 *
 * | mode | a chunk comes | the body ends | the sender goes away |
 * | --- | --- | --- | --- |
 * | reading | kept; over the limit, or no memory left: refused | handed to the door | forgotten |
 * | refused before its end | dropped; over DROPPED_BYTES: connection cut | nothing | nothing |
 */
export function readBody(arrival: Arrival): void {
  arrival.reader = READER
}

/** Refuses a request before its body is read, and drops what still comes. */
export function turnAway(arrival: Arrival, why: Problem): void {
  refuse(arrival, why)
  arrival.reader = READER
}

const READER: BodyReader = {
  data(arrival, chunk) {
    const { door } = arrival
    arrival.size += chunk.length
    if (arrival.answered) {
      if (arrival.size > DROPPED_BYTES) arrival.socket.destroy()
      return
    }
    if (arrival.size > door.maxBytes) {
      refuse(arrival, problem('BODY_TOO_LARGE', `the body is larger than ${door.maxBytes} bytes`))
      return
    }
    arrival.heldBytes += chunk.length
    const { load } = door
    load.heldBytes += chunk.length
    if (load.heldBytes > load.maxHeldBytes && load.heldBytes > arrival.heldBytes) {
      refuse(arrival, FULL)
      return
    }
    if (arrival.first === undefined) arrival.first = chunk
    else if (arrival.rest === undefined) arrival.rest = [arrival.first, chunk]
    else arrival.rest.push(chunk)
  },
  end(arrival) {
    if (arrival.answered) return
    arrival.received = true
    const { first = NOTHING, rest, size } = arrival
    void arrival.door.receive(arrival, rest === undefined ? first : Buffer.concat(rest, size))
  },
  cut(arrival) {
    if (!arrival.answered && !arrival.received) release(arrival)
  },
}
