import { join } from 'node:path'
import { type Bench, compared, interleave, machine, median } from './bench.ts'
import { type Running, residentMb, sleep, start, temporary } from './process.ts'

interface Started {
  readonly ms: number
  readonly rssMb: number
}

const CONFIG = join(import.meta.dirname, '../examples/every-source/tieline.config.ts')

async function tieline(folder: string, more: Readonly<Record<string, string>> = {}): Promise<Running> {
  const env = { TIELINE_STORE: `sqlite:${join(folder, 'startup.db')}`, TIELINE_PORT: '0', ...more }
  return await start('../src/cli/main.ts', ['start', '--config', CONFIG, '--json'], env)
}

/**
 * Idle memory of both when Node finds their JavaScript in its compile cache, as it finds that of an installed package: whatever strips
 * types keeps Node's compiler for it, 15 to 17 MB, for the rest of its life.
 */
async function compiledMb(seconds: number): Promise<Readonly<Record<string, number>>> {
  await using folder = await temporary()
  const env = { NODE_COMPILE_CACHE: join(folder.path, 'cache') }
  const idle = async (begin: () => Promise<Running>): Promise<number> => {
    await (await begin())[Symbol.asyncDispose]() // fills the cache
    await using server = await begin()
    await sleep(seconds * 1_000)
    return residentMb(server)
  }
  return {
    tieline: await idle(() => tieline(folder.path, env)),
    'bare-http': await idle(() => start('server/bare-http.ts', [], env)),
  }
}

/** From spawn to ready: `tieline start` on the example with every source, and a bare node:http server. Then memory, with nothing to do. */
export const startup: Bench = async (options) => {
  const started = async (begin: () => Promise<Running>): Promise<Started> => {
    const began = performance.now()
    await using server = await begin()
    const ms = performance.now() - began
    await sleep(options.seconds * 1_000)
    return { ms, rssMb: residentMb(server) }
  }
  const results = await interleave(
    {
      tieline: async () => {
        await using folder = await temporary()
        return await started(() => tieline(folder.path))
      },
      'bare-http': () => started(() => start('server/bare-http.ts')),
    },
    options,
    ({ ms }) => ms,
  )
  return {
    unit: 'ms',
    better: 'lower',
    ...compared(results, ({ ms }) => ms),
    conditions: {
      ...machine(),
      rounds: options.rounds,
      from: 'TypeScript sources, new database',
      idle: {
        afterSeconds: options.seconds,
        rssMb: Object.fromEntries(
          Object.entries(results).map(([name, found]) => [name, median(found.map(({ rssMb }) => rssMb))]),
        ),
        compiledMb: await compiledMb(options.seconds),
      },
    },
  }
}
