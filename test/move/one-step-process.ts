// one-step-process.ts --from URL --to URL --schema NAME: `tieline move`, killed by itself right after its first change of a store.
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { postgresArchive } from '../../src/adapter/store/postgres/archive/index.ts'
import { sqliteArchive } from '../../src/adapter/store/sqlite/archive/index.ts'
import { move } from '../../src/engine/move/move.ts'
import type { Archive } from '../../src/port/archive.ts'

const options = { from: { type: 'string' }, to: { type: 'string' }, schema: { type: 'string' } } as const
const { from = '', to = '', schema } = parseArgs({ options }).values
const open = async (url: string, role: 'source' | 'target'): Promise<Archive> =>
  url.startsWith('sqlite:') ? sqliteArchive(url.slice(7), role) : postgresArchive(url, schema, role)

function mortal(archive: Archive): Archive {
  const dying =
    <A extends unknown[]>(name: string, change: (...args: A) => Promise<void>) =>
    async (...args: A): Promise<void> => {
      await change(...args)
      process.stdout.write(`${name}\n`, () => process.kill(process.pid, 'SIGKILL'))
      await new Promise(() => {})
    }
  return {
    ...archive,
    setMark: dying('mark', archive.setMark),
    write: dying('write', archive.write),
    finish: dying('finish', archive.finish),
  }
}

await using source = await open(from, 'source')
await using target = await open(to, 'target')
const result = await move({
  from: mortal(source),
  to: mortal(target),
  hash: () => createHash('sha256'),
  keep: false,
  progress: () => {},
})
console.log(result.before ? 'before' : 'complete')
