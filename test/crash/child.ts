import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./store-process.ts', import.meta.url))
const SILENCE_MS = 10_000

/** A store process and what it has said. Disposing kills it. */
export interface Child extends AsyncDisposable {
  readonly lines: readonly string[]
  /** Resolves once so many lines begin with this word; rejects when the process ends or falls silent before. */
  said(word: string, times?: number): Promise<void>
  /** `kill -9`; resolves when it is gone and all it said was read. */
  kill(): Promise<void>
}

export function startStore(path: string, mode: 'hold' | 'feed' | 'stuck', first = 0): Child {
  const args = [SCRIPT, path, mode, String(first)]
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout! })
  const ended = once(reader, 'close')
  const exited = once(child, 'exit')
  reader.on('line', (line) => lines.push(line))
  async function kill(): Promise<void> {
    child.kill('SIGKILL')
    await exited
    await ended
  }
  return {
    lines,
    async said(word, times = 1) {
      while (lines.filter((line) => line.startsWith(word)).length < times) {
        const over = ended.then(() => Promise.reject(new Error(`the process ended: ${lines.at(-1)}`)))
        await Promise.race([once(reader, 'line', { signal: AbortSignal.timeout(SILENCE_MS) }), over])
      }
    },
    kill,
    [Symbol.asyncDispose]: kill,
  }
}
