import process from 'node:process'
import { findConfig } from './config/find.ts'
import { createReloader, type Ready } from './dev/reload.ts'
import type { SandboxProcess } from './dev/sandbox.ts'
import { type CommonOptions, whole, withCommon } from './option.ts'
import type { Setup } from './report.ts'
import { firstSignal } from './signal.ts'
import { readyText } from './terminal/ready.ts'

interface DevOptions extends CommonOptions {
  readonly sandbox?: true
  readonly sandboxPort: number
}

const SANDBOX_PORT = 4401

export const dev: Setup = (command, perform) => {
  command
    .option(
      '--sandbox',
      `also a payments provider, a CRM, an app, Salesforce and NetSuite to work against, on the ports from ${SANDBOX_PORT}`,
    )
    .option('--sandbox-port <n>', 'the first of these five ports; 0 takes free ones', whole(0, 65_531), SANDBOX_PORT)
  withCommon(command, 'tieline dev --sandbox').action((options: DevOptions) =>
    perform(async () => {
      const config = findConfig(options.config)
      const signalled = firstSignal()
      const sandbox = options.sandbox
        ? await (await import('./dev/sandbox.ts')).startSandbox(options.sandboxPort)
        : undefined
      if (sandbox !== undefined) tell(sandbox.text)
      const env = { TIELINE_ENV: 'development', ...process.env, ...sandbox?.env }
      const reloader = createReloader({ config, env, tell, ready: announcer(options.json === true, sandbox) })
      try {
        await reloader.begin()
        tell(`${await signalled}: draining; once more to exit at once`)
      } finally {
        await reloader.stop()
        await sandbox?.stop()
      }
      return undefined
    }),
  )
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/** Says that a run is ready: with `--json` once, as the one document; and lets the sandbox know where to send. */
function announcer(asJson: boolean, sandbox: SandboxProcess | undefined): (ready: Ready, ms: number) => void {
  let told = false
  return ({ url, flows, stripe }, ms) => {
    if (!asJson) process.stdout.write(`${readyText(url, ms, flows)}\n`)
    else if (told) tell(readyText(url, ms, flows))
    else process.stdout.write(`${JSON.stringify({ ready: true, url, ms, pid: process.pid })}\n`)
    told = true
    if (stripe === undefined) return
    sandbox?.direct(`${url}/in/${stripe}`).catch((error: Error) => tell(`the sandbox cannot be told: ${error.message}`))
  }
}
