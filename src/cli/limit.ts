import { InvalidArgumentError, Option } from 'commander'
import type { Control } from '../engine/desk.ts'
import { connect } from './admin/client.ts'
import { type AdminOptions, whole, withAdmin, withFor, withWhy } from './option.ts'
import type { Setup } from './report.ts'
import { signed } from './signed.ts'
import { controlText } from './terminal/control.ts'

interface LimitOptions extends AdminOptions {
  readonly concurrency?: number
  readonly rate?: number
  readonly for?: string
  readonly why?: string
}

export const limit: Setup = (command, perform) => {
  command
    .argument('<target>', 'flow:NAME, connector:NAME or operation:CONNECTOR.NAME')
    .option('--concurrency <n>', 'messages at work at the same time in one process', whole(1, 4_096))
    .addOption(
      new Option('--rate <n/s>', 'calls in all processes together: 20/s, 100/m, 5000/h')
        .argParser(rate)
        .conflicts('concurrency'),
    )
  withAdmin(withWhy(withFor(command)), 'tieline limit connector:hubspot --rate 20/s --for 2h').action(
    (target: string, options: LimitOptions) =>
      perform(async () => {
        if (options.concurrency === undefined && options.rate === undefined)
          command.error('error: give --concurrency <n> or --rate <n/s>', { exitCode: 2 })
        const { concurrency, rate: perSecond } = options
        const body = { target, concurrency, perSecond, for: options.for, why: signed(options.why) }
        const control = await (await connect(options)).post<Control>('limit', body)
        return { json: control, text: () => controlText(control, Date.now()) }
      }),
  )
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }

function rate(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\/([smh])$/.exec(text) ?? []
  const seconds = SECONDS[unit]
  if (seconds !== undefined && Number(amount) > 0) return Number(amount) / seconds
  throw new InvalidArgumentError('Use a number of calls and a unit: 20/s, 100/m, 5000/h.')
}
