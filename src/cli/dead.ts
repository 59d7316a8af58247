import { readFile } from 'node:fs/promises'
import { TielineError } from '../core/error.ts'
import { connect } from './admin/client.ts'
import { type Chosen, choices, type Group, groupsOf } from './admin/dead-group.ts'
import { type Journey, journeysText } from './admin/journey.ts'
import { type AdminOptions, whole, withAdmin, withWhy } from './option.ts'
import type { Perform, Report, Setup } from './report.ts'
import { signed } from './signed.ts'
import { paint } from './terminal/paint.ts'
import { printable } from './terminal/printable.ts'
import { table } from './terminal/table.ts'

export const dead: Setup = (command, perform) => {
  command.helpCommand(false)
  const list = command.command('list').description('Lists dead letters in groups by cause.')
  list.option('--flow <name>', 'only of this flow')
  withAdmin(list, 'tieline dead list --flow payments').action((options: AdminOptions & { readonly flow?: string }) =>
    perform(async () => {
      const groups = await groupsOf(await connect(options), { flow: options.flow })
      return { json: { groups }, text: () => groupsText(groups) }
    }),
  )

  const show = command.command('show').description('Shows one dead letter: cause, attempts, body.')
  show.argument('<id>', 'work id or message id')
  withAdmin(show, 'tieline dead show evt_1').action((id: string, options: AdminOptions) =>
    perform(() => shown(id, options)),
  )

  move(command.command('replay').description('Runs dead letters again, with the same idempotency keys.'), perform, {
    path: 'dead/replay',
    done: 'replayed',
    example: "tieline dead replay --group 1f3a90bc --rate 20 --why 'CRM repaired'",
  })
  move(command.command('discard').description('Drops dead letters; their keys go on. A record stays.'), perform, {
    path: 'dead/discard',
    done: 'discarded',
    example: "tieline dead discard 01J9Z --why 'test data'",
  })

  const edit = command
    .command('edit')
    .description('Runs one dead letter again with another body, checked against the contract.')
  edit.argument('<work>', 'work id').requiredOption('--file <path>', 'the new body, JSON')
  withAdmin(withWhy(edit), "tieline dead edit 01J9Z --file fixed.json --why 'amount was missing'").action(
    (work: string, options: AdminOptions & { readonly file: string; readonly why?: string }) =>
      perform(async () => {
        const body = await bodyOf(options.file)
        const { moved } = await (await connect(options)).post<Moved>('dead/edit', {
          work,
          body,
          why: signed(options.why),
        })
        return movedReport(moved, 'replayed with the new body')
      }),
  )
}

interface Moved {
  readonly moved: readonly string[]
}

interface MoveOptions extends AdminOptions, Chosen {
  readonly rate?: number
  readonly why?: string
}

interface MoveVerb {
  readonly path: 'dead/replay' | 'dead/discard'
  readonly done: string
  readonly example: string
}

function move(command: Parameters<Setup>[0], perform: Perform, { path, done, example }: MoveVerb): void {
  command
    .argument('[work...]', 'work ids')
    .option('--group <id>', 'a group of `dead list`, by its id or fingerprint')
    .option('--flow <name>', 'of this flow')
    .option('--all', 'everything')
  if (path === 'dead/replay') command.option('--rate <n>', 'messages per second', whole(1, 10_000))
  withAdmin(withWhy(command), example).action((works: readonly string[], options: MoveOptions) =>
    perform(async () => {
      const admin = await connect(options)
      const moved: string[] = []
      let broken: TielineError | undefined
      for (const choice of await choices(admin, works, options)) {
        const body = { ...choice, rate: options.rate, why: signed(options.why) }
        try {
          moved.push(...(await admin.post<Moved>(path, body, 'patient')).moved)
        } catch (thrown) {
          if (!(thrown instanceof TielineError) || thrown.code !== 'CONTRACT_BROKEN') throw thrown
          broken ??= thrown // the quarantine of one choice holds up no other
        }
      }
      if (moved.length === 0 && broken !== undefined) throw broken
      return movedReport(moved, done, broken)
    }),
  )
}

function movedReport(moved: readonly string[], done: string, broken?: TielineError): Report {
  const count = `${moved.length} dead letter${moved.length === 1 ? '' : 's'} ${done}.`
  const rest = broken === undefined ? '' : `\nNot all: ${printable(broken.message)}`
  return { json: { moved }, text: () => count + rest, exit: moved.length === 0 ? 1 : 0 }
}

async function shown(id: string, options: AdminOptions): Promise<Report> {
  const { items } = await (await connect(options)).get<{ items: readonly Journey[] }>(
    `messages/${encodeURIComponent(id)}`,
  )
  const dead = items.filter((item) => item.state === 'dead' || item.state === 'quarantined')
  if (dead.length === 0) throw new TielineError('NOT_FOUND', `${id} is no dead letter`)
  return { json: { items: dead }, text: () => journeysText(dead, Date.now()) }
}

/** The bytes as they are, in base64. */
async function bodyOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'base64')
  } catch (cause) {
    throw new TielineError('REQUEST_INVALID', `--file ${file} cannot be read`, { cause })
  }
}

function groupsText(groups: readonly Group[]): string {
  if (groups.length === 0) return 'No dead letters.'
  return table(groups, [
    { title: 'GROUP', cell: (row) => row.group },
    { title: 'COUNT', cell: (row) => `${row.count}`, align: 'right' },
    { title: 'FLOW', cell: (row) => printable(row.flow) || paint.dim('(quarantine)') },
    { title: 'CAUSE', cell: (row) => printable(row.fingerprint) },
    { title: 'EXAMPLE', cell: (row) => printable(row.example) },
  ])
}
