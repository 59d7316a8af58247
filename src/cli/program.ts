import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { failureOf, writeFailure } from './failure.ts'
import type { Perform } from './report.ts'
import { VERBS } from './verbs.ts'

const SYNOPSIS = `
Exit codes: 0 fine, 1 what was checked fails, 2 wrong use, 3 cannot start or reach.

Example:
  $ tieline dev --config tieline.config.ts`

/** Runs one verb and gives the exit code of the process. Prints the report, or why there is none. */
export async function run(argv: readonly string[]): Promise<number> {
  const asJson = argv.includes('--json')
  process.stdout.on('error', leaveQuietly)
  let exit = 0
  const perform: Perform = async (work) => {
    const report = await work()
    if (report === undefined) return
    await print(asJson ? JSON.stringify(report.json) : report.text())
    exit = report.exit ?? 0
  }
  try {
    const program = await declared(argv, perform, asJson)
    await program.parseAsync(argv, { from: 'user' })
    return exit
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0 // help was asked for and printed
    return await writeFailure(failureOf(thrown), asJson, print)
  }
}

/** All verbs by name, so that a near miss is recognised; only the wanted one with its options. */
async function declared(argv: readonly string[], perform: Perform, asJson: boolean): Promise<Command> {
  const program = quiet(new Command('tieline'), asJson)
    .description('Durable integrations, declared in TypeScript.')
    .addHelpText('after', SYNOPSIS)
    .version(version())
    .helpCommand(false)
  const wanted = argv.find((word) => !word.startsWith('-'))
  for (const verb of VERBS) {
    const command = program.command(verb.name).summary(verb.summary).description(sentence(verb.summary))
    if (verb.name === wanted) (await verb.load())(command, perform)
  }
  return program
}

const sentence = (summary: string): string => `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`

/** The package stands two folders up, in the sources and in the build. */
function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

/** Errors are thrown, not printed by commander; help still is. */
function quiet(command: Command, asJson: boolean): Command {
  return command.exitOverride().configureOutput({
    writeErr: (text) => {
      if (!asJson && !text.startsWith('error:')) process.stderr.write(text)
    },
  })
}

const print = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${text}\n`, () => resolve())
  })

/** The reader went away (`| head`): nothing more to say. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
