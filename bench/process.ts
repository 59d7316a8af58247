import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const FLAGS = [
  '--conditions=@tieline/source',
  '--max-semi-space-size=64',
  '--disable-warning=ExperimentalWarning',
]

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
  const gone = owned(child)
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

const children = new Set<ChildProcess>()
const folders = new Set<string>()

/** Resolves when the child has ended. It does not outlive this process. */
export function owned(child: ChildProcess): Promise<void> {
  children.add(child)
  return new Promise((resolve) =>
    child.once('exit', () => {
      children.delete(child)
      resolve()
    }),
  )
}

/** A benchmark that is interrupted leaves nothing behind: neither processes nor a gigabyte of messages. */
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const path of folders) rmSync(path, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(3))

/** As a power cut does it, but for the page cache: nothing is flushed, nobody is told. */
export async function killHard({ child }: Running): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

/** Runs a script to its end and gives the object in its first line. */
export async function result<T>(script: string, args: readonly string[]): Promise<T> {
  await using running = await start(script, args)
  return running.ready as T
}

export async function temporary(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tieline-bench-'))
  folders.add(path)
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await rm(path, { recursive: true, force: true })
      folders.delete(path)
    },
  }
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Resident memory of a process, in MB. */
export function residentMb({ child }: Running): number {
  const kb =
    process.platform === 'linux'
      ? /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })
  return Math.round(Number(kb) / 1_024)
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
