import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FromRunner, ToRunner } from './words.ts'

/** One process with the configuration as it was when the process began. */
export interface Run {
  /** The next thing that it says; `undefined` once it has ended. */
  hear(): Promise<FromRunner | undefined>
  tell(words: ToRunner): void
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  kill(): void
}

// The build renames our files to .js, and does not look into strings.
const RUNNER = fileURLToPath(new URL(`./runner${extname(import.meta.url)}`, import.meta.url))

export function startRun(config: string, env: NodeJS.ProcessEnv): Run {
  const child = fork(RUNNER, [config], { env })
  const said: FromRunner[] = []
  let wake = (): void => {}
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 0))
    child.once('error', (error) => resolve(error.message))
  })
  child.on('message', (words: FromRunner) => {
    said.push(words)
    wake()
  })
  return {
    ended,
    hear: async () => {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      if (said.length === 0) await Promise.race([ended, woken])
      return said.shift()
    },
    tell: (words) => {
      if (child.connected) child.send(words)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
