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

/** What becomes of the body of a request. */
export interface BodyReader {
  data(arrival: Arrival, chunk: Buffer): void
  end(arrival: Arrival): void
  /** The sender went away. */
  cut(arrival: Arrival): void
}

/**
 * A request with the state of its reading, so that no request needs a closure or an object of its own. `http.createServer` makes it.
 *
 * What its parser reads goes straight to `reader`, past the queue, the events and the ticks of a readable stream: a body that is taken
 * whole needs none of them, and they cost a tenth of an accept.
 */
export class Arrival extends IncomingMessage {
  /** Without one the body is dropped. */
  reader: BodyReader | undefined = undefined
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

  /** Called by node:http with each chunk, and with null at the end. True: more may come. */
  override push(chunk: Buffer | null): boolean {
    if (chunk === null) this.reader?.end(this)
    else this.reader?.data(this, chunk)
    return true
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.reader?.cut(this)
    super._destroy(error, done)
  }

  /** node:http lets go of a body that nobody listens to; this one is read all the same. */
  _dump(): void {}
}

/** Ends the accounting of a request; nothing is answered after it. */
export function release(arrival: Arrival): void {
  arrival.answered = true
  arrival.door.load.heldBytes -= arrival.heldBytes
  arrival.door.load.active--
  arrival.first = undefined
  arrival.rest = undefined
}
