import type { Why } from '../engine/desk.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, withAdmin } from './option.ts'
import type { Setup } from './report.ts'
import { paint } from './terminal/paint.ts'
import { printable } from './terminal/printable.ts'

export const why: Setup = (command, perform) => {
  withAdmin(command.argument('<key>', 'the ordering key'), 'tieline why cus_42').action(
    (key: string, options: AdminOptions) =>
      perform(async () => {
        const answer = await (await connect(options)).get<{ lanes: readonly Why[] }>('why', { key })
        return { json: answer, text: () => lanesText(key, answer.lanes) }
      }),
  )
}

function lanesText(key: string, lanes: readonly Why[]): string {
  if (lanes.length === 0) return `Nothing of ${printable(key)} waits.`
  return lanes
    .map((lane) => `${paint.strong(printable(lane.flow))} (${lane.pending} pending): ${printable(lane.sentence)}`)
    .join('\n')
}
