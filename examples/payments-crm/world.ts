import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The sandbox: payments provider, CRM and app in a process of their own, which outlives a kill of everything else. */
export interface World {
  readonly payments: string
  readonly crm: string
  readonly app: string
  readonly pid: number
}

export interface Verdict {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly outOfOrder: readonly string[]
  /** The provider itself delivered the newer event first. */
  readonly stale: readonly string[]
}

/** Where the runtime listens. Senders must know it beforehand, and the next run finds an interrupted one by it. */
export const PORT = Number(process.env['TIELINE_PORT'] ?? 4400)
/** Runs on different ports have nothing in common. */
const FOLDER = join(import.meta.dirname, `../../.tieline/payments-crm-${PORT}`)
export const DATABASE = join(FOLDER, 'tieline.db')
const RUN = join(FOLDER, 'run.json')

/** The world of a run that was interrupted, when it is still there. */
export async function unfinished(): Promise<World | undefined> {
  try {
    const world = JSON.parse(await readFile(RUN, 'utf8')) as World
    await get(world.app, 'traffic')
    return world
  } catch {
    return undefined
  }
}

/** A new world, and an empty folder for the runtime's database. */
export async function begin(): Promise<World> {
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(FOLDER, { recursive: true })
  // Files, not our own streams: whoever reads those would wait for the world to end.
  const output = await open(join(FOLDER, 'sandbox.json'), 'w')
  const errors = await open(join(FOLDER, 'sandbox.log'), 'w')
  const main = join(import.meta.dirname, '../../src/sandbox/main.ts')
  const faults = join(import.meta.dirname, 'faults.json')
  const child = spawn(
    process.execPath,
    // 5 minutes become 250 ms; a sender that gives up would be a loss of its own.
    [
      '--conditions=@tieline/source',
      main,
      '--json',
      '--webhook-url',
      `http://127.0.0.1:${PORT}/in/stripe`,
      '--faster',
      '1200',
      '--longest-pause',
      '1000',
      '--keep-trying',
      '--faults',
      faults,
      '--idle-exit',
      '120',
    ],
    { detached: true, stdio: ['ignore', output.fd, errors.fd] },
  )
  child.unref()
  for (let waited = 0; ; waited += 20) {
    const text = await readFile(join(FOLDER, 'sandbox.json'), 'utf8')
    if (text.endsWith('\n')) {
      await Promise.all([output.close(), errors.close()])
      const world = JSON.parse(text) as World
      await writeFile(RUN, JSON.stringify(world))
      return world
    }
    if (child.exitCode !== null || waited > 10_000)
      throw new Error(`the sandbox did not start: ${await readFile(join(FOLDER, 'sandbox.log'), 'utf8')}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The run is over: its world ends, and the next run begins anew. */
export async function end(world: World): Promise<void> {
  await rm(RUN, { force: true })
  process.kill(world.pid, 'SIGTERM')
}

export async function get<T>(server: string, what: string): Promise<T> {
  const answer = await fetch(`${server}/_sandbox/${what}`, { signal: AbortSignal.timeout(5_000) })
  return (await answer.json()) as T
}

export async function post<T>(server: string, what: string, body: unknown): Promise<T> {
  const answer = await fetch(`${server}/_sandbox/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  })
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
