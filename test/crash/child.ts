import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./store-process.ts', import.meta.url))

/** A store process and what it has said. */
export interface Child {
  readonly lines: readonly string[]
  /** Resolves once a line begins so often with this word. */
  said(word: string, times?: number): Promise<void>
  /** `kill -9`; resolves when it is gone and all it said was read. */
  kill(): Promise<void>
}

export function startStore(path: string, mode: 'hold' | 'feed' | 'stuck', first = 0): Child {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT, path, mode, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout! })
  const ended = once(reader, 'close')
  const exited = once(child, 'exit')
  reader.on('line', (line) => lines.push(line))
  return {
    lines,
    async said(word, times = 1) {
      while (lines.filter((line) => line.startsWith(word)).length < times) {
        await Promise.race([
          once(reader, 'line'),
          ended.then(() => Promise.reject(new Error(`ended: ${lines.at(-1)}`))),
        ])
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
      await ended
    },
  }
}
