import { createHash } from 'node:crypto'
import type { Command } from 'commander'
import { TielineError } from '../core/error.ts'
import { type Moved, move as moveAll } from '../engine/move/move.ts'
import type { Tally } from '../engine/move/verify.ts'
import type { Archive } from '../port/archive.ts'
import type { Report, Setup } from './report.ts'
import { moveProgress } from './terminal/move-progress.ts'
import { paint } from './terminal/paint.ts'
import { printable } from './terminal/printable.ts'
import { table } from './terminal/table.ts'

interface MoveOptions {
  readonly from: string
  readonly to: string
  readonly schema?: string
  readonly keep?: true
  readonly json?: true
}

const EXAMPLE = `
Example:
  $ tieline move --from sqlite:./tieline.db --to postgres://tieline@db.example/tieline`

export const move: Setup = (command: Command, perform) => {
  command
    .requiredOption('--from <address>', 'store to take from: sqlite:PATH or postgres://USER@HOST/DATABASE')
    .requiredOption('--to <address>', 'empty store to fill, or one that an earlier run began to fill')
    .option('--schema <name>', 'schema of the PostgreSQL store (default: tieline)')
    .option('--keep', 'leave the source as it is: it may be started again')
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLE)
    .action((options: MoveOptions) => perform(() => moved(options)))
}

async function moved({ from, to, schema, keep: kept }: MoveOptions): Promise<Report> {
  if (from === to) throw new TielineError('REQUEST_INVALID', '--to is the same store as --from')
  await using source = await open('--from', from, schema, 'source')
  await using target = await open('--to', to, schema, 'target')
  const keep = kept === true
  const hash = () => createHash('sha256')
  const progress = moveProgress(process.stderr)
  const result = await moveAll({ from: source, to: target, hash, keep, progress })
  const { before, works, tally } = result
  return {
    json: { moved: true, from: source.name, to: target.name, before, works, kept: keep, ...tally },
    text: () => moveText(source, target, result, keep),
  }
}

/** Each adapter is loaded only when it is named. */
async function open(
  option: string,
  address: string,
  schema: string | undefined,
  role: 'source' | 'target',
): Promise<Archive> {
  if (address.startsWith('sqlite:') && address.length > 'sqlite:'.length) {
    const { sqliteArchive } = await import('../adapter/store/sqlite/archive/index.ts')
    return sqliteArchive(address.slice('sqlite:'.length), role)
  }
  if (/^postgres(ql)?:/.test(address)) {
    const { postgresArchive } = await import('../adapter/store/postgres/archive/index.ts')
    return postgresArchive(address, schema, role)
  }
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(address)?.[0] ?? '' // the rest of it may hold a password
  throw new TielineError(
    'REQUEST_INVALID',
    `${option} ${JSON.stringify(scheme)}: use sqlite:PATH or postgres://USER@HOST/DATABASE`,
  )
}

function moveText(from: Archive, to: Archive, { before, works, tally }: Moved, keep: boolean): string {
  const next = keep
    ? `${from.name} is as it was. Start only one of the two against your providers.`
    : `${from.name} starts no more. Point the runtime to the new store.`
  const head = before
    ? `All ${works} pieces of work were moved to ${to.name} by an earlier run.`
    : `${paint.good('moved')} ${works} pieces of work to ${to.name}; both sides were read back and are equal.`
  const parts = [printable(head), ...(tally ? [tallyText(tally)] : []), printable(next)]
  return parts.join('\n')
}

function tallyText({ states, messages, sha256 }: Tally): string {
  const rows = Object.entries(states).flatMap(([state, flows]) =>
    Object.entries(flows).map(([flow, count]) => ({ state, flow, count })),
  )
  const counts = table(rows, [
    { title: 'STATE', cell: (row) => row.state },
    { title: 'FLOW', cell: (row) => printable(row.flow) || paint.dim('(none)') },
    { title: 'WORK', cell: (row) => `${row.count}`, align: 'right' },
  ])
  return `${rows.length > 0 ? `${counts}\n` : ''}${messages} messages, sha256 ${sha256}`
}
