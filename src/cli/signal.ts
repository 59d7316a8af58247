import process from 'node:process'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Resolves at the first signal to end. The second one ends the process as if nobody had listened. */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const listener = (signal: NodeJS.Signals): void => {
      for (const one of SIGNALS) process.off(one, listener)
      resolve(signal)
    }
    for (const one of SIGNALS) process.on(one, listener)
  })
}
