import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const FLAGS = ['--conditions=@tieline/source', '--max-semi-space-size=64', '--disable-warning=ExperimentalWarning']

export interface Running extends AsyncDisposable {
  /** The object in the first line of JSON that it printed. */
  readonly ready: Readonly<Record<string, unknown>>
  readonly child: ChildProcess
}

/** Starts a script of the benchmark in a process of its own and waits for its first line of JSON. */
export async function start(
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = spawn(process.execPath, [...FLAGS, join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const first = await new Promise<string>((resolve, reject) => {
    if (child.stdout === null) return reject(new Error(`${script} has no output`))
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)))
  })
  return {
    ready: JSON.parse(first) as Record<string, unknown>,
    child,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** Runs a script to its end and gives the object in its first line. */
export async function result<T>(script: string, args: readonly string[]): Promise<T> {
  await using running = await start(script, args)
  return running.ready as T
}

export async function temporary(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tieline-bench-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
