import { join } from 'node:path'
import type { Verdict } from '../judge/verdict.ts'
import { SHOP_SECRET } from '../sender/attempt.ts'
import { type Child, type ChildSpec, startChild } from './child.ts'
import type { StoreUnderTest } from './store.ts'

const SENDERS = ['north', 'south'] as const
const KEYS = 20

export interface WorldOptions {
  readonly folder: string
  readonly port: number
  readonly seed: number
  readonly store: StoreUnderTest
  /** The provider got the first call of a process. */
  readonly called: (pid: number) => void
  /** A sender got an answer that no retry will change. */
  readonly refused: (what: string) => void
}

/** The processes of a run. Each is ended by its own pid. */
export interface World {
  readonly provider: Child
  runtime(env: Readonly<Record<string, string>>): Child
  /** Resolves when the senders have begun nothing new and each event has its 2xx; false when that took too long. */
  quiet(withinMs: number): Promise<boolean>
  /** Compares the ledgers; the runtime must have stopped. */
  judge(): Promise<Verdict>
  end(): void
}

/** @throws {Error} when the provider does not start */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { folder, port, seed, store, called, refused } = options
  const children: Child[] = []
  const start = (spec: Omit<ChildSpec, 'log'>): Child => {
    const log = join(folder, `${spec.script.replace(/\/.*/, '')}.log`)
    const child = startChild({ ...spec, log })
    children.push(child)
    return child
  }

  const ledger = join(folder, 'provider.ndjson')
  const provider = start({
    script: 'provider/process.ts',
    args: [ledger, String(seed)],
    heard: (message) => typeof message['called'] === 'number' && called(message['called']),
  })
  const url = await provider.ready
  if (url === undefined) throw new Error(`the provider did not start: ${provider.words()}`)

  const shared = {
    TIELINE_STORE: store.url(folder),
    TIELINE_PORT: String(port),
    PROVIDER_URL: url,
    SHOP_SECRET,
    // As quick to start as the built package, whose types nobody has to strip.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  }
  const ledgers = SENDERS.map((name) => join(folder, `sender-${name}.ndjson`))
  const senders = SENDERS.map((name, n) =>
    start({
      script: 'sender/process.ts',
      args: [name, String(KEYS), String(port), ledgers[n] as string, String(seed + 1 + n)],
      heard: (message) => typeof message['refused'] === 'string' && refused(message['refused']),
    }),
  )

  return {
    provider,
    runtime: (env) => start({ script: 'runtime/process.ts', env: { ...shared, ...env } }),
    quiet: async (withinMs) => {
      for (const sender of senders) sender.tell({ stop: true })
      const all = Promise.all(senders.map((sender) => sender.ready)).then((said) =>
        said.every((one) => one !== undefined),
      )
      return Promise.race([all, new Promise<false>((resolve) => setTimeout(() => resolve(false), withinMs).unref())])
    },
    judge: async () => {
      const child = start({ script: 'judge/process.ts', args: [store.url(folder), ledger, ...ledgers] })
      const { code } = await child.ended
      const line = child.output().trim().split('\n').at(-1) ?? ''
      if (code !== 0 || line === '') throw new Error(`the judge ended with ${code}: ${child.words()}`)
      return JSON.parse(line) as Verdict
    },
    end: () => {
      for (const child of children) child.signal('SIGKILL')
    },
  }
}
