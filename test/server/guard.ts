import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Account } from './account.ts'

/** Ends a server once: when told, or when this process is gone, however it went. */
export interface Guard {
  end(): Promise<void>
}

/**
 * A shell that waits for the end of its standard input, which comes with `end` or with the death of this process, SIGKILL included; then it runs
 * `last` and removes the folder. It has a session of its own, so that Ctrl-C at a terminal does not reach it.
 * @param last shell commands; `$1` is the folder, `$2` and on are `args`
 * @param first shell commands before that wait
 */
export function guard(last: string, folder: string, args: readonly string[], account: Account, first = ':'): Guard {
  const script = `${first}\ncat >/dev/null\n${last}\nrm -rf "$1"`
  const shell = spawn('sh', ['-c', script, 'guard', folder, ...args], {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const gone = once(shell, 'exit')
  shell.stdin.on('error', () => {}) // it was killed from outside
  shell.unref()
  return {
    end: async () => {
      shell.stdin.end()
      shell.ref()
      await gone
    },
  }
}
