import process from 'node:process'
import { CommanderError } from 'commander'
import { toTielineError } from '../core/error.ts'
import { isMistake, type Mistake, mistakeText } from './config/mistake.ts'
import { paint } from './terminal/paint.ts'
import { printable } from './terminal/printable.ts'

/** Why a verb has no report. Plain data: it may come from another process. */
export interface Failure {
  readonly kind: 'failure'
  /** 1 what was checked fails, 2 wrong use, 3 cannot start or reach. */
  readonly exit: 1 | 2 | 3
  readonly code: string
  readonly message: string
  readonly advice: string
  readonly mistake?: Mistake
}

const EXITS: Readonly<Record<string, 1 | 2>> = { NOT_FOUND: 1, CONTRACT_BROKEN: 1, MOVE_DIFFERS: 1, REQUEST_INVALID: 2 }

/** Any thrown thing, or a failure as it is. */
export function failureOf(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown
  if (thrown instanceof CommanderError) return usage(thrown)
  const error = toTielineError(thrown)
  if (isSystemError(error.cause, 'EADDRINUSE')) return addressInUse(error.cause)
  const { code, message, advice } = error
  const failure = { kind: 'failure', exit: EXITS[code] ?? 3, code, message, advice } as const
  if (!isMistake(error.cause)) return failure
  return { ...failure, message: error.cause.message, advice: error.cause.advice, mistake: error.cause }
}

export function failureText({ code, message, advice, mistake }: Failure): string {
  return mistake === undefined ? `${paint.bad(code)}: ${printable(message)}\n  ${advice}` : mistakeText(mistake)
}

/** Prints to standard error; with `--json` as the one document on standard output. */
export async function writeFailure(
  failure: Failure,
  asJson: boolean,
  print: (text: string) => Promise<void>,
): Promise<number> {
  const { exit, code, message, advice, mistake } = failure
  if (asJson) {
    const { kind: _, ...place } = mistake ?? { kind: 'mistake' }
    await print(JSON.stringify({ error: { code, message, advice, ...place } }))
  } else {
    process.stderr.write(`${failureText(failure)}\n`)
  }
  return exit
}

function usage(error: CommanderError): Failure {
  const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n')
  return {
    kind: 'failure',
    exit: 2,
    code: 'REQUEST_INVALID',
    message: first === '(outputHelp)' ? 'a verb is missing' : first,
    advice: [...hints, 'Add --help to see what can be said.'].filter((hint) => hint !== '').join(' '),
  }
}

function addressInUse({ address = 'the address', port = 0 }: SystemError): Failure {
  return {
    kind: 'failure',
    exit: 3,
    code: 'EADDRINUSE',
    message: `${address}:${port} is in use by another process`,
    advice: 'Stop that process, or choose another port with TIELINE_PORT.',
  }
}

interface SystemError extends Error {
  readonly code: string
  readonly address?: string
  readonly port?: number
}

const isSystemError = (thrown: unknown, code: string): thrown is SystemError =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code

const isFailure = (thrown: unknown): thrown is Failure =>
  typeof thrown === 'object' && thrown !== null && 'kind' in thrown && thrown.kind === 'failure'
