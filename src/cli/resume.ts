import { connect } from './admin/client.ts'
import { type AdminOptions, TARGETS, withAdmin, withWhy } from './option.ts'
import type { Setup } from './report.ts'
import { signed } from './signed.ts'
import { printable } from './terminal/printable.ts'

interface ResumeOptions extends AdminOptions {
  readonly why?: string
}

export const resume: Setup = (command, perform) => {
  command.argument('<target>', TARGETS)
  withAdmin(withWhy(command), 'tieline resume connector:hubspot').action((target: string, options: ResumeOptions) =>
    perform(async () => {
      await (await connect(options)).post<unknown>('resume', { target, why: signed(options.why) })
      return { json: { target, resumed: true }, text: () => `${printable(target)} goes on.` }
    }),
  )
}
