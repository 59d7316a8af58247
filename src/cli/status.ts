import type { Control, Status } from '../engine/desk.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, withAdmin } from './option.ts'
import type { Setup } from './report.ts'
import { controlText } from './terminal/control.ts'
import { paint } from './terminal/paint.ts'
import { printable } from './terminal/printable.ts'
import { span } from './terminal/relative.ts'
import { facts, table } from './terminal/table.ts'

export const status: Setup = (command, perform) => {
  withAdmin(command, 'tieline status --json').action((options: AdminOptions) =>
    perform(async () => {
      const admin = await connect(options)
      const [now, { controls }] = await Promise.all([
        admin.get<Status>('status'),
        admin.get<{ controls: readonly Control[] }>('controls'),
      ])
      return { json: { ...now, controls }, text: () => statusText(admin.url, now, controls) }
    }),
  )
}

function statusText(url: string, now: Status, controls: readonly Control[]): string {
  const head = now.ready ? paint.good('ready') : paint.bad(`not ready: ${printable(now.reason ?? '')}`)
  const counted = facts([
    ['accepted', `${now.accepted} (and ${now.duplicates} duplicates)`],
    ['delivered', `${now.delivered}`],
    ['skipped', `${now.skipped}`],
    ['pending', `${now.pending} (at work ${now.leased}, waiting lanes ${now.waiting})`],
    ['oldest', now.pending === 0 ? '' : span(now.oldestMs)],
    ['dead', now.dead === 0 ? '0' : paint.bad(`${now.dead}`)],
    ['discarded', now.discarded === 0 ? '' : `${now.discarded}`],
    ['quarantined', now.quarantined === 0 ? '0' : paint.warn(`${now.quarantined}`)],
  ])
  const flows = table(now.flows, [
    { title: 'FLOW', cell: (row) => printable(row.flow) },
    { title: 'PENDING', cell: (row) => `${row.pending}`, align: 'right' },
  ])
  const held = controls.map((control) => controlText(control, Date.now()))
  return [
    `${head}  ${url}  up ${span(now.uptimeMs)}  store ${printable(now.store)}  ${paint.dim(printable(now.owner))}`,
    counted,
    ...(now.flows.length === 0 ? [] : ['', flows]),
    ...(held.length === 0 ? [] : ['', ...held]),
  ].join('\n')
}
