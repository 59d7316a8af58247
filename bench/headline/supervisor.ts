import { killHard, type Running, sleep } from '../process.ts'

export interface Supervised extends AsyncDisposable {
  readonly kills: number
  /** Milliseconds from each kill until all of it was ready again. */
  readonly recoveryMs: readonly number[]
  /** Kills it every `everyMs` until `end` resolves; starts it again at once. A start that takes longer is waited for. */
  killUntil(everyMs: number, end: Promise<unknown>): Promise<void>
}

/** Keeps processes alive that are killed together. */
export async function supervise(starts: readonly (() => Promise<Running>)[]): Promise<Supervised> {
  const all = (): Promise<Running[]> => Promise.all(starts.map((start) => start()))
  let running = await all()
  let kills = 0
  const recoveryMs: number[] = []

  async function killUntil(everyMs: number, end: Promise<unknown>): Promise<void> {
    let ended = false
    const ending = end.finally(() => {
      ended = true
    })
    let next = performance.now() + everyMs
    for (;;) {
      await Promise.race([ending, sleep(next - performance.now())])
      if (ended) return
      const began = performance.now()
      await Promise.all(running.map(killHard))
      kills++
      running = await all()
      recoveryMs.push(performance.now() - began)
      while (next < performance.now()) next += everyMs
    }
  }

  return {
    get kills() {
      return kills
    },
    recoveryMs,
    killUntil,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(running.map((one) => one[Symbol.asyncDispose]()))
    },
  }
}
