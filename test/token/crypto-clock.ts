import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'

let pending = 0
for (const name of ['encrypt', 'decrypt', 'importKey', 'sign'] as const) {
  const real = crypto.subtle[name] as (...given: unknown[]) => Promise<unknown>
  Object.assign(crypto.subtle, {
    [name]: async (...given: unknown[]) => {
      pending++
      try {
        return await real.apply(crypto.subtle, given)
      } finally {
        pending--
      }
    },
  })
}

const STEP_MS = 1_000

/** A virtual clock that waits for Web Crypto, which works on threads of its own: no time passes while something is being encrypted. */
export function cryptoClock(): VirtualClock {
  const clock = virtualClock()
  const idle = async (): Promise<void> => {
    while (pending > 0) await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  }
  return {
    ...clock,
    advance: async (ms) => {
      for (let past = 0; past < ms; past += STEP_MS) {
        await clock.advance(Math.min(STEP_MS, ms - past))
        await idle()
      }
    },
  }
}
