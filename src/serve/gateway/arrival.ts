import { IncomingMessage, type ServerResponse } from 'node:http'
import type { RequestCounts } from '../metrics/request-counts.ts'
import type { Load } from './load.ts'

/** What a request came for: how much of a body it may send and who takes it. */
export interface Door {
  readonly counts: RequestCounts
  readonly load: Load
  readonly maxBytes: number
  /** Called once, with the whole body. Never rejects. */
  receive(arrival: Arrival, body: Buffer): Promise<void>
}

/**
 * A request with the state of its reading, so that no request needs a closure or an object of its own. `http.createServer` makes it.
 */
export class Arrival extends IncomingMessage {
  /** Set before anything is read or answered. */
  door!: Door
  response!: ServerResponse
  /** The whole body is with the door: an answer is on its way. */
  received = false
  answered = false
  /** Bytes of the body so far, kept or dropped. */
  size = 0
  /** Counted in `Load.heldBytes`. */
  heldBytes = 0
  first: Buffer | undefined = undefined
  rest: Buffer[] | undefined = undefined
}

/** Ends the accounting of a request; nothing is answered after it. */
export function release(arrival: Arrival): void {
  arrival.answered = true
  arrival.door.load.heldBytes -= arrival.heldBytes
  arrival.door.load.active--
  arrival.first = undefined
  arrival.rest = undefined
}
