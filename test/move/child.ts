import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Place } from './scene.ts'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const MAIN = script('../../src/cli/main.ts')

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

function begin(args: readonly string[], node: readonly string[] = []) {
  const child = spawn(process.execPath, ['--conditions=@tieline/source', ...node, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended)
  return { child, ended }
}

const addresses = (from: Place, to: Place): readonly string[] => {
  const schema = from.schema ?? to.schema
  return ['--from', from.url, '--to', to.url, ...(schema === undefined ? [] : ['--schema', schema])]
}

export interface CommandOptions {
  readonly killAfterMs?: number
  /** Options of Node itself. */
  readonly node?: readonly string[]
}

/** The command. */
export async function command(
  from: Place,
  to: Place,
  options: readonly string[] = [],
  { killAfterMs, node }: CommandOptions = {},
): Promise<Ended> {
  const { child, ended } = begin([MAIN, 'move', ...addresses(from, to), ...options], node)
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const result = await ended
  clearTimeout(timer)
  return result
}

/** One step of a move: it kills itself after its first change of a store. */
export function oneStep(from: Place, to: Place): Promise<Ended> {
  return begin([script('one-step-process.ts'), ...addresses(from, to)]).ended
}

/** A runtime that holds a message; killed when the block ends, or before. */
export async function stuck(
  place: Place & { readonly path?: string },
): Promise<{ kill(): Promise<void> } & AsyncDisposable> {
  const { child, ended } = begin([
    script('stuck-process.ts'),
    ...(place.path === undefined ? [place.url, place.schema!] : ['sqlite', place.path]),
  ])
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`))),
  ])
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  return { kill, [Symbol.asyncDispose]: kill }
}
