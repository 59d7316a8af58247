import type { Clock } from '../../port/clock.ts'

/** Tells watchers which flows have ready work: once per turn however much became ready, and when an instant has come. */
export class Alarm {
  readonly #clock: Clock
  readonly #tick: () => number
  readonly #watchers = new Set<(flow: string) => void>()
  readonly #ready = new Set<string>()
  #asleep: AbortController | undefined
  #wakesAt = Number.POSITIVE_INFINITY

  /** `tick` moves on what has become due and answers the next monotonic instant at which something will. */
  constructor(clock: Clock, tick: () => number) {
    this.#clock = clock
    this.#tick = tick
  }

  watch(wake: (flow: string) => void): AsyncDisposable {
    // Each watcher is a function of its own, so that the same `wake` may watch twice.
    const watcher = (flow: string): void => wake(flow)
    this.#watchers.add(watcher)
    this.reset()
    return {
      [Symbol.asyncDispose]: async () => {
        this.#watchers.delete(watcher)
        if (this.#watchers.size === 0) this.close()
      },
    }
  }

  ready(flow: string): void {
    if (this.#watchers.size === 0) return
    if (this.#ready.size === 0) queueMicrotask(() => this.#ring())
    this.#ready.add(flow)
  }

  /** Looks again at when to wake; call after anything that may have made an instant nearer. */
  reset(): void {
    if (this.#watchers.size === 0) return
    const next = this.#tick()
    if (next >= this.#wakesAt) return
    this.#asleep?.abort()
    this.#wakesAt = next
    const asleep = new AbortController()
    this.#asleep = asleep
    const pause = Math.max(1, Math.ceil(next - this.#clock.mono()))
    void this.#clock.sleep(pause, asleep.signal).then(() => {
      if (asleep.signal.aborted) return
      this.#wakesAt = Number.POSITIVE_INFINITY
      this.reset()
    })
  }

  close(): void {
    this.#asleep?.abort()
    this.#wakesAt = Number.POSITIVE_INFINITY
  }

  #ring(): void {
    const flows = [...this.#ready]
    this.#ready.clear()
    for (const flow of flows) for (const wake of this.#watchers) wake(flow)
  }
}
