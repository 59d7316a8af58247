import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
export const FIXTURES: string = fileURLToPath(new URL('./fixture/', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** The real command in a process of its own, in a folder without a configuration file. */
export function begin(args: readonly string[], { cwd = FIXTURES, env = {} }: Options = {}): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, ['--conditions=@tieline/source', MAIN, ...args], { cwd, env: { PATH, HOME, ...env } })
}

export async function tieline(args: readonly string[], options: Options = {}): Promise<Ended> {
  return ended(begin(args, options))
}

/** Everything that a process says until it ends. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
}

/** Resolves with all that was said once it contains `text`; rejects when the process ends without it. */
export function said(child: ChildProcess, text: string): Promise<string> {
  let heard = ''
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      heard += chunk
      if (heard.includes(text)) resolve(heard)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('close', (code) => reject(new Error(`ended with ${code} before it said ${text}:\n${heard}`)))
  })
}

/** A folder with files, removed at the end. */
export async function folder(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tieline-cli-'))
  await writeFile(join(path, 'package.json'), '{"type":"module"}')
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Import of a fixture, from anywhere. */
export const fixture = (name: string): string => JSON.stringify(join(dirname(MAIN), '../../test/cli/fixture', name))
