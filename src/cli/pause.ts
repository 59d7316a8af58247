import type { Control } from '../engine/desk.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, TARGETS, withAdmin, withFor, withWhy } from './option.ts'
import type { Setup } from './report.ts'
import { signed } from './signed.ts'
import { controlText } from './terminal/control.ts'

interface PauseOptions extends AdminOptions {
  readonly for?: string
  readonly why?: string
}

export const pause: Setup = (command, perform) => {
  command.argument('<target>', TARGETS)
  withAdmin(withWhy(withFor(command)), "tieline pause connector:hubspot --for 30m --why 'their maintenance'").action(
    (target: string, options: PauseOptions) =>
      perform(async () => {
        const body = { target, for: options.for, why: signed(options.why) }
        const control = await (await connect(options)).post<Control>('pause', body)
        return { json: control, text: () => controlText(control, Date.now()) }
      }),
  )
}
