import { Option } from 'commander'
import { TielineError } from '../core/error.ts'
import type { Page, WorkRow, WorkState } from '../port/store.ts'
import { connect } from './admin/client.ts'
import { type Journey, journeysText } from './admin/journey.ts'
import { type AdminOptions, whole, withAdmin } from './option.ts'
import type { Setup } from './report.ts'
import { paint } from './terminal/paint.ts'
import { printable } from './terminal/printable.ts'
import { relative } from './terminal/relative.ts'
import { table } from './terminal/table.ts'

interface ListOptions extends AdminOptions {
  readonly state?: WorkState
  readonly flow?: string
  readonly key?: string
  readonly source?: string
  readonly id?: string
  readonly after?: string
  readonly limit: number
}

const STATES: readonly WorkState[] = ['pending', 'delivered', 'skipped', 'dead', 'discarded', 'quarantined']

export const messages: Setup = (command, perform) => {
  command.helpCommand(false)
  const list = command
    .command('list')
    .description('Lists messages, newest first.')
    .addOption(new Option('--state <state>', 'only in this state').choices([...STATES]))
    .option('--flow <name>', 'only of this flow')
    .option('--key <key>', 'only with this ordering key')
    .option('--source <name>', 'only from this source')
    .option('--id <id>', "only with this id, the sender's")
    .option('--after <cursor>', 'the next page: the cursor that the page before ended with')
    .option('--limit <n>', 'rows of a page', whole(1, 500), 50)
  withAdmin(list, 'tieline messages list --state dead --flow payments').action((options: ListOptions) =>
    perform(async () => {
      const { state, flow, key, source, id, after, limit } = options
      const query = { state, flow, key, source, id, after, limit }
      const page = await (await connect(options)).get<Page<WorkRow>>('messages', query)
      return { json: page, text: () => pageText(page, Date.now()) }
    }),
  )
  const show = command
    .command('show')
    .description('Shows the journey of one message: every attempt, wait, step and replay.')
    .argument('<id>', 'message id or work id')
  withAdmin(show, 'tieline messages show evt_1').action((id: string, options: AdminOptions) =>
    perform(async () => {
      const answer = await (await connect(options)).get<{ items: readonly Journey[] }>(
        `messages/${encodeURIComponent(id)}`,
      )
      if (answer.items.length === 0) throw new TielineError('NOT_FOUND', `no message and no work has the id ${id}`)
      return { json: answer, text: () => journeysText(answer.items, Date.now()) }
    }),
  )
}

function pageText({ items, next }: Page<WorkRow>, now: number): string {
  if (items.length === 0) return 'No messages.'
  const rows = table(items, [
    { title: 'WORK', cell: (row) => printable(row.work) },
    { title: 'SOURCE', cell: (row) => printable(row.source) },
    { title: 'ID', cell: (row) => printable(row.id) },
    { title: 'TYPE', cell: (row) => printable(row.type) },
    { title: 'FLOW', cell: (row) => printable(row.flow) },
    { title: 'KEY', cell: (row) => printable(row.key) },
    { title: 'STATE', cell: (row) => STATE_PAINT[row.state](row.state) },
    { title: 'TRIES', cell: (row) => (row.attempts === 0 ? '' : `${row.attempts}`), align: 'right' },
    { title: 'ACCEPTED', cell: (row) => relative(row.acceptedAtMs, now) },
    { title: 'RUNS', cell: (row) => (row.dueAtMs === undefined ? '' : relative(row.dueAtMs, now)) },
    { title: 'WHY', cell: (row) => printable(row.fault?.code ?? row.why ?? '') },
  ])
  return next === undefined ? rows : `${rows}\n\n${paint.dim(`more: --after ${printable(next)}`)}`
}

const plain = (text: string): string => text

const STATE_PAINT: Readonly<Record<WorkState, (text: string) => string>> = {
  pending: plain,
  delivered: paint.good,
  skipped: paint.dim,
  dead: paint.bad,
  discarded: paint.dim,
  quarantined: paint.warn,
}
