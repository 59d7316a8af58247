import { join } from 'node:path'
import type { Verdict } from '../judge/verdict.ts'
import { SHOP_SECRET } from '../sender/attempt.ts'
import { type Child, type ChildSpec, startChild } from './child.ts'
import type { Ground } from './ground.ts'

const SENDERS = ['north', 'south'] as const
const KEYS = 20

export interface WorldOptions {
  readonly folder: string
  /** Of the runtimes, a port each. */
  readonly ports: readonly number[]
  readonly seed: number
  readonly ground: Ground
  /** A sender got an answer that no retry will change. */
  readonly refused: (what: string) => void
}

/** The processes of a run. Each is ended by its own pid. */
export interface World {
  readonly provider: Child
  runtime(worker: number, env: Readonly<Record<string, string>>): Child
  /** Resolves when the senders have begun nothing new and each event has its 2xx; false when that took too long. */
  quiet(withinMs: number): Promise<boolean>
  /** Compares the ledgers; the runtimes must have stopped. */
  judge(lives: string): Promise<Verdict>
  /** Of the provider. */
  readonly ledger: string
  end(): void
}

/** @throws {Error} when the provider does not start */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { folder, ports, seed, ground, refused } = options
  const children: Child[] = []
  let over = false
  const start = (spec: Omit<ChildSpec, 'log'>): Child => {
    if (over) throw new Error('the run was given up')
    const log = join(folder, `${spec.script.replace(/\/.*/, '')}.log`)
    const child = startChild({ ...spec, log })
    children.push(child)
    return child
  }

  const ledger = join(folder, 'provider.ndjson')
  const provider = start({ script: 'provider/process.ts', args: [ledger, String(seed)] })
  const url = await provider.ready
  if (url === undefined) throw new Error(`the provider did not start: ${provider.words()}`)

  const shared = {
    PROVIDER_URL: url,
    SHOP_SECRET,
    // As quick to start as the built package, whose types nobody has to strip.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  }
  const ledgers = SENDERS.map((name) => join(folder, `sender-${name}.ndjson`))
  const senders = SENDERS.map((name, n) =>
    start({
      script: 'sender/process.ts',
      args: [name, String(KEYS), ports.join(','), ledgers[n] as string, String(seed + 1 + n)],
      heard: (message) => typeof message['refused'] === 'string' && refused(message['refused']),
    }),
  )

  return {
    provider,
    ledger,
    runtime: (worker, env) => {
      const own = { TIELINE_STORE: ground.address(worker), TIELINE_PORT: String(ports[worker]) }
      return start({ script: 'runtime/process.ts', env: { ...shared, ...own, ...env } })
    },
    quiet: async (withinMs) => {
      for (const sender of senders) sender.tell({ stop: true })
      const all = Promise.all(senders.map((sender) => sender.ready)).then((said) =>
        said.every((one) => one !== undefined),
      )
      return Promise.race([all, new Promise<false>((resolve) => setTimeout(() => resolve(false), withinMs).unref())])
    },
    judge: async (lives) => {
      const child = start({ script: 'judge/process.ts', args: [ground.straight, lives, ledger, ...ledgers] })
      const { code } = await child.ended
      const line = child.output().trim().split('\n').at(-1) ?? ''
      if (code !== 0 || line === '') throw new Error(`the judge ended with ${code}: ${child.words()}`)
      return JSON.parse(line) as Verdict
    },
    end: () => {
      over = true
      for (const child of children) child.signal('SIGKILL')
    },
  }
}
