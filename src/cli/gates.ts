import type { GateFacts } from '../engine/desk.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, withAdmin, withWhy } from './option.ts'
import type { Setup } from './report.ts'
import { signed } from './signed.ts'
import { gateText } from './terminal/gate.ts'

interface Gates {
  readonly gates: readonly GateFacts[]
}

export const gates: Setup = (command, perform) => {
  const list = command
    .command('list', { isDefault: true })
    .description('what holds calls back, since when and until when')
  withAdmin(list, 'tieline gates').action((options: AdminOptions) =>
    perform(async () => shown(await (await connect(options)).get<Gates>('gates'))),
  )
  const probe = command.command('probe').description('let a closed gate try a call at once')
  probe.argument('<target>', 'connector:NAME or operation:CONNECTOR.NAME')
  withAdmin(withWhy(probe), "tieline gates probe connector:hubspot --why 'they say it is over'").action(
    (target: string, options: AdminOptions & { readonly why?: string }) =>
      perform(async () =>
        shown(await (await connect(options)).post<Gates>('gates/probe', { target, why: signed(options.why) })),
      ),
  )
}

function shown(answer: Gates): { json: unknown; text: () => string } {
  return {
    json: answer,
    text: () => (answer.gates.length === 0 ? 'No gates are declared.' : answer.gates.map(gateText).join('\n')),
  }
}
