import process from 'node:process'
import { loadApp } from './config/load.ts'
import { type CommonOptions, withCommon } from './option.ts'
import type { Setup } from './report.ts'
import { firstSignal } from './signal.ts'
import { readyText } from './terminal/ready.ts'

export const start: Setup = (command, perform) => {
  withCommon(command, 'tieline start --config tieline.config.ts').action((options: CommonOptions) =>
    perform(async () => {
      const { app } = await loadApp(options.config)
      const signalled = firstSignal()
      const { url } = await app.start()
      const ms = Math.round(performance.now()) // since the process began
      const ready = { ready: true, url, ms, pid: process.pid }
      const flows = app.declaration.flows.length
      process.stdout.write(`${options.json ? JSON.stringify(ready) : readyText(url, ms, flows)}\n`)
      const signal = await signalled
      process.stderr.write(`${signal}: draining; once more to exit at once\n`)
      await app.stop()
      process.stderr.write('drained\n')
      return undefined
    }),
  )
}
