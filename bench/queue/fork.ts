import { fork } from 'node:child_process'
import { join } from 'node:path'
import { FLAGS, owned } from '../process.ts'
import type { Place } from './system.ts'

/** What a process of a measurement is told to be. */
export interface Role {
  readonly system: string
  readonly role: 'prepare' | 'produce' | 'work'
  readonly place: Place
  /** Which of the workers. */
  readonly index: number
}

export interface Said {
  readonly ready?: boolean
  readonly started?: boolean
  readonly began?: number
  readonly ended?: number
  readonly sent?: number
  readonly handled?: number
  readonly settled?: number
  readonly settledAt?: number
  readonly at?: Float64Array
  readonly broken?: number
  readonly repeated?: number
  /** Microseconds of CPU since it was told to go. */
  readonly cpu?: number
}

export interface Child extends AsyncDisposable {
  /** The latest of everything that it said. */
  readonly said: Said
  /** Resolves when it has said that. @throws when it ends without. */
  until(what: keyof Said): Promise<void>
  tell(what: 'go' | 'stop'): void
}

/** How long a process may take to end by itself. */
const END_MS = 5_000

/** Starts one process of a measurement. Its memory settings are those of every other process of these benchmarks. */
export function child(role: Role): Child {
  const process = fork(join(import.meta.dirname, 'child.ts'), [JSON.stringify(role)], {
    execArgv: [...FLAGS, '--disable-warning=DeprecationWarning'], // those of the peers' own code
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const gone = owned(process)
  const said: Record<string, unknown> = {}
  const waits = new Set<() => void>()
  let ended = false
  const look = (): void => {
    for (const wait of [...waits]) wait()
  }
  process.on('message', (message) => {
    Object.assign(said, message)
    look()
  })
  void gone.then(() => {
    ended = true
    look()
  })
  // It may end by itself while it is told something: then there is nothing left to tell.
  const tell = (what: 'go' | 'stop'): void => void (process.connected && process.send(what, () => undefined))
  return {
    said,
    until: (what) =>
      new Promise((resolve, reject) => {
        const wait = (): void => {
          if (said[what] !== undefined) resolve()
          else if (ended) reject(new Error(`${role.system}: its process to ${role.role} ended early`))
          else return
          waits.delete(wait)
        }
        waits.add(wait)
        wait()
      }),
    tell,
    [Symbol.asyncDispose]: async () => {
      tell('stop')
      const clock = setTimeout(() => process.kill('SIGKILL'), END_MS)
      await gone
      clearTimeout(clock)
    },
  }
}
