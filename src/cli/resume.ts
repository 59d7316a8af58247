import { connect } from './admin/client.ts'
import { type AdminOptions, withAdmin } from './option.ts'
import type { Setup } from './report.ts'
import { printable } from './terminal/printable.ts'

export const resume: Setup = (command, perform) => {
  command.argument('<target>', 'flow:NAME or connector:NAME')
  withAdmin(command, 'tieline resume connector:hubspot').action((target: string, options: AdminOptions) =>
    perform(async () => {
      await (await connect(options)).post<unknown>('resume', { target })
      return { json: { target, resumed: true }, text: () => `${printable(target)} goes on.` }
    }),
  )
}
