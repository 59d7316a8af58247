import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RIG = fileURLToPath(new URL('..', import.meta.url))
const FLAGS = ['--conditions=@tieline/source', '--disable-warning=ExperimentalWarning']

export interface ChildSpec {
  /** Below the rig's folder: `runtime/process.ts`. */
  readonly script: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Standard error is added to this file. */
  readonly log: string
  readonly heard?: (message: Readonly<Record<string, unknown>>) => void
}

export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** `performance.now()` */
  readonly at: number
}

/** A process of the rig. */
export interface Child {
  readonly pid: number
  /** What it said with its first `ready`; undefined when it ended before. */
  readonly ready: Promise<string | undefined>
  /** Resolves when it is gone and all that it said was read. */
  readonly ended: Promise<End>
  readonly over: () => boolean
  /** Its standard output. */
  readonly output: () => string
  /** The last lines of its standard error. */
  readonly words: () => string
  tell(message: object): void
  signal(signal: NodeJS.Signals): void
}

const WORDS = 4_000

export function startChild({ script, args = [], env = {}, log, heard }: ChildSpec): Child {
  const child: ChildProcess = fork(join(RIG, script), args, {
    execArgv: FLAGS,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  let words = ''
  let over = false
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS)
    appendFileSync(log, text)
  })
  const closed = once(child, 'close')
  const ended = once(child, 'exit').then(async ([code, signal]): Promise<End> => {
    over = true
    const at = performance.now()
    await closed // its last words are read
    return { code, signal, at }
  })
  const ready = new Promise<string | undefined>((resolve) => {
    child.on('message', (message: Readonly<Record<string, unknown>>) => {
      if (typeof message['ready'] === 'string') resolve(message['ready'])
      heard?.(message)
    })
    void ended.then(() => resolve(undefined))
  })
  child.on('error', () => {}) // a message to a process that has just died
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    over: () => over,
    output: () => output,
    words: () => words,
    tell: (message) => {
      if (child.connected) child.send(message, () => {})
    },
    signal: (signal) => {
      if (!over) child.kill(signal)
    },
  }
}
