/** Resolves at SIGTERM or SIGINT. A second signal ends the process at once, with 130. */
export function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      const end = (): never => process.exit(130)
      process.once('SIGTERM', end).once('SIGINT', end)
      resolve()
    }
    process.once('SIGTERM', onSignal).once('SIGINT', onSignal)
  })
}
