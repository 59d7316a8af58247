import { TielineError } from '../../core/error.ts'

/**
 * A reason is for the people who read the documents: it is never empty.
 * @throws {TielineError} `DECLARATION_INVALID` naming the word that asks for it.
 */
export function checkReason(word: string, why: string): string {
  if (typeof why === 'string' && why.trim() !== '') return why
  throw new TielineError('DECLARATION_INVALID', `${word}: say why, in a few words; the documents show it`)
}
