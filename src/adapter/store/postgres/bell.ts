import { hash53 } from '../../../core/hash.ts'
import type { Clock } from '../../../port/clock.ts'
import type { Line } from './line.ts'

/** At most so often: NOTIFY takes a lock of the whole server at commit. */
const PAUSE_MS = 10

/**
 * Tells the other processes that something is there: at once, then at most once in so many milliseconds, never in the transaction that stored it.
 * What is told is a hint; whoever misses it polls. `w`: work, `s`: shards, `h`: an operator's hand, `d`: documents.
 */
export class Bell {
  readonly #line: Line
  readonly #clock: Clock
  readonly channel: string
  readonly #what = new Set<string>()
  #ringing = false

  constructor(line: Line, clock: Clock, schema: string) {
    this.#line = line
    this.#clock = clock
    this.channel = `tieline_${(hash53(schema) % 2 ** 32).toString(36)}`
  }

  ring(what: string): void {
    this.#what.add(what)
    if (!this.#ringing) void this.#ring()
  }

  async #ring(): Promise<void> {
    this.#ringing = true
    while (this.#what.size > 0) {
      const what = [...this.#what].join('')
      this.#what.clear()
      await this.#line
        .query({ name: 'tl_notify', text: 'SELECT pg_notify($1, $2)' }, [this.channel, what])
        .catch(() => undefined)
      await this.#clock.sleep(PAUSE_MS)
    }
    this.#ringing = false
  }
}
