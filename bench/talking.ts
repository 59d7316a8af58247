import { fork } from 'node:child_process'
import { join } from 'node:path'
import { FLAGS, owned, sleep } from './process.ts'

/** A process that says things while it runs, and is told some. */
export interface Talking extends AsyncDisposable {
  /** The latest of everything that it said. */
  readonly said: Readonly<Record<string, unknown>>
  tell(what: string | number): void
  /** Resolves when it has said that. @throws when it ends without. */
  until(what: string, value?: unknown): Promise<void>
}

/** Starts a script of the benchmarks in a process of its own. */
export function talking(script: string, args: readonly string[], flags: readonly string[] = FLAGS): Talking {
  const child = fork(join(import.meta.dirname, script), args, { execArgv: [...flags], stdio: ['ignore', 2, 2, 'ipc'] })
  const gone = owned(child)
  const said: Record<string, unknown> = {}
  child.on('message', (message) => void Object.assign(said, message))
  return {
    said,
    tell: (what) => void (child.connected && child.send(what, () => undefined)), // it may just have ended
    async until(what, value) {
      while (value === undefined ? said[what] === undefined : said[what] !== value) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${script} ended early`)
        await sleep(10)
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}
