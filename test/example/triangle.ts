import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { type Ended, ended, said } from '../cli/spawn.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** `npm start -- --once` of examples/payments-crm, on a port and in a folder of its own. */
export interface Triangle extends AsyncDisposable {
  readonly port: number
  /** Starts it, or starts it again. */
  begin(...options: readonly string[]): Run
  /** The same without `--once`. */
  live(...options: readonly string[]): Run
  /** Waits until so much is delivered, and so the traffic is under way. */
  delivered(count: number): Promise<void>
}

export interface Run {
  readonly child: ChildProcess
  readonly end: Promise<Ended>
  /** Process id of the runtime, once it is ready; said only without `--json`. */
  runtimePid(): Promise<number>
}

/** The one JSON object that ends a run. */
export function verdictOf({ stdout }: Ended): Readonly<Record<string, number>> {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}

export async function triangle(): Promise<Triangle> {
  const port = await freePort()
  const runs: Run[] = []
  const live = (...options: readonly string[]): Run => {
    const child = spawn(
      process.execPath,
      ['--conditions=@tieline/source', `${ROOT}examples/payments-crm/start.ts`, ...options],
      { env: { PATH: process.env['PATH'], TIELINE_PORT: `${port}` } },
    )
    const pid = said(child, '(pid ')
    pid.catch(() => {}) // a run with --json says none
    const run = { child, end: ended(child), runtimePid: async () => Number(/\(pid (\d+)/.exec(await pid)?.[1]) }
    runs.push(run)
    return run
  }
  return {
    port,
    live,
    begin: (...options) => live('--once', ...options),
    delivered: async (count) => {
      const under = async (): Promise<void> => {
        const now = await deliveredAt(port)
        if (now < count) throw new Error(`${now} of ${count} are delivered`)
      }
      await vi.waitFor(under, { timeout: 30_000, interval: 20 })
    },
    [Symbol.asyncDispose]: async () => {
      for (const { child, end } of runs) {
        child.kill('SIGTERM') // where it still runs, after a failure: ends its sandbox too
        await end
      }
      await rm(`${ROOT}.tieline/payments-crm-${port}`, { recursive: true, force: true })
    },
  }
}

async function deliveredAt(port: number): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/admin/v1/status`)
    return ((await answer.json()) as { delivered: number }).delivered
  } catch {
    return 0
  }
}

/** A port that nobody uses at this moment. */
export function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
