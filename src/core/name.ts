import { TielineError } from './error.ts'

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

/**
 * Checks a declared name: stable, readable in a path, a metric label and a log line.
 * @throws {TielineError} `DECLARATION_INVALID` naming what is expected.
 */
export function checkName(kind: string, name: string): string {
  if (NAME.test(name)) return name
  throw new TielineError(
    'DECLARATION_INVALID',
    `${kind} name ${JSON.stringify(name)}: use 1 to 63 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit`,
  )
}
