import { type Body, numberOf } from './message.ts'

/** How often the two clocks are read to find how far they are apart. */
const READINGS = 1_000

/** A process that is put aside between the two readings makes the distance look smaller, never larger: the largest is right. */
function distance(): number {
  let most = Number.NEGATIVE_INFINITY
  for (let reading = 0; reading < READINGS; reading++) {
    most = Math.max(most, Number(process.hrtime.bigint()) / 1e6 - performance.now())
  }
  return most
}

const ORIGIN = distance()

/** The clock that all processes of a machine share, in milliseconds. */
export const now = (): number => ORIGIN + performance.now()

/** What one worker process saw: every message once, whole, and when. */
export class Inbox {
  /** When each message came; 0: not here. */
  readonly at: Float64Array
  handled = 0
  settled = 0
  settledAt = 0
  /** Bodies that were not what was sent. */
  broken = 0
  /** Messages that came to this process more than once. */
  repeated = 0

  constructor(messages: number) {
    this.at = new Float64Array(messages)
  }

  /** Checks one body and writes it down. */
  take(body: Body): void {
    const n = numberOf(body)
    if (n < 0 || n >= this.at.length) this.broken++
    else if (this.at[n] !== 0) this.repeated++
    else {
      this.at[n] = now()
      this.handled++
    }
  }

  takeText(text: string): void {
    this.take(JSON.parse(text) as Body)
  }

  settle(count: number): void {
    this.settled += count
    this.settledAt = now()
  }
}
