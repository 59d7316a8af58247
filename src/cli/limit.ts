import type { Control } from '../engine/desk.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, whole, withAdmin, withFor, withWhy } from './option.ts'
import type { Setup } from './report.ts'
import { signed } from './signed.ts'
import { controlText } from './terminal/control.ts'

interface LimitOptions extends AdminOptions {
  readonly concurrency: number
  readonly for?: string
  readonly why?: string
}

export const limit: Setup = (command, perform) => {
  command
    .argument('<target>', 'flow:NAME or connector:NAME')
    .requiredOption('--concurrency <n>', 'messages at work at the same time in one process', whole(1, 4_096))
  withAdmin(withWhy(withFor(command)), 'tieline limit flow:payments --concurrency 4 --for 2h').action(
    (target: string, options: LimitOptions) =>
      perform(async () => {
        const body = { target, concurrency: options.concurrency, for: options.for, why: signed(options.why) }
        const control = await (await connect(options)).post<Control>('limit', body)
        return { json: control, text: () => controlText(control, Date.now()) }
      }),
  )
}
