import { join } from 'node:path'
import { type Bench, interleave, machine, median, rounded } from './bench.ts'
import { start, temporary } from './process.ts'

/** From spawn to ready: `tieline start` on the example with every source, and a bare node:http server. */
export const startup: Bench = async (options) => {
  const results = await interleave(
    {
      tieline: async () => {
        await using folder = await temporary()
        const config = join(import.meta.dirname, '../examples/every-source/tieline.config.ts')
        const env = { TIELINE_STORE: `sqlite:${join(folder.path, 'startup.db')}`, TIELINE_PORT: '0' }
        const began = performance.now()
        await using _ = await start('../src/cli/main.ts', ['start', '--config', config, '--json'], env)
        return performance.now() - began
      },
      'bare-http': async () => {
        const began = performance.now()
        await using _ = await start('server/bare-http.ts')
        return performance.now() - began
      },
    },
    options,
    (ms) => ms,
  )
  const of = (name: string): number => Math.round(median(results[name] ?? []))
  return {
    unit: 'ms',
    better: 'lower',
    value: of('tieline'),
    peers: { 'bare-http': of('bare-http') },
    ratio: { 'bare-http': rounded(of('tieline') / of('bare-http')) },
    conditions: { ...machine(), rounds: options.rounds, from: 'TypeScript sources, new database' },
  }
}
