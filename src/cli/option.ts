import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Duration, milliseconds } from '../core/duration.ts'

/** What an operator's hand may lie on. */
export const TARGETS = 'flow:NAME, connector:NAME, operation:CONNECTOR.NAME, tenant:NAME or key:KEY'

/** Options that every verb has. */
export interface CommonOptions {
  readonly config?: string
  readonly json?: true
}

/** Options of the verbs that ask a running Tieline. */
export interface AdminOptions extends CommonOptions {
  readonly url?: string
}

/** `--config` and `--json`, and the example under the help text. */
export function withCommon(command: Command, example: string): Command {
  return command
    .option('-c, --config <file>', 'configuration file (default: tieline.config.ts, .js or .mjs here)')
    .option('--json', 'print one JSON document')
    .addHelpText('after', `\nExample:\n${example.replace(/^/gm, '  $ ')}`)
}

/** The same and `--url`. */
export function withAdmin(command: Command, example: string): Command {
  return withCommon(command, example).option(
    '--url <address>',
    'of the running Tieline (default: $TIELINE_URL, else $TIELINE_HOST:$TIELINE_PORT, else http://127.0.0.1:4400)',
  )
}

/** `--why`, for everything that changes something. */
export function withWhy(command: Command): Command {
  return command.option('--why <sentence>', 'the reason, kept with your user name')
}

/** `--for 30m`. */
export function withFor(command: Command): Command {
  return command.addOption(new Option('--for <duration>', 'ends by itself: 30s, 30m, 2h').argParser(duration))
}

/** A whole number in a range. */
export function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= from && value <= to) return value
    throw new InvalidArgumentError(`Use a whole number from ${from} to ${to}.`)
  }
}

function duration(text: string): string {
  try {
    milliseconds(text as Duration)
    return text
  } catch (thrown) {
    throw new InvalidArgumentError(thrown instanceof Error ? `${thrown.message}.` : String(thrown))
  }
}
