import { TielineError } from '../../core/error.ts'
import type { Contract } from '../contract/contract.ts'
import type { Source } from '../source/source.ts'
import { readOwn } from './read.ts'
import { invalid, safeKey } from './recorder.ts'

declare const carries: unique symbol

/** Several documents, by name: what a mapping of more than one source starts from. */
export interface Join<out E> {
  readonly kind: 'join'
  readonly parts: Readonly<Record<string, Source<unknown> | Contract<unknown>>>
  readonly [carries]?: E
}

type DocumentOf<P> = P extends Source<infer E> ? E : P extends Contract<infer T> ? T : never

/**
 * Several documents as the `from` of one mapping: `from: join({ intent: payments.on('payment_intent.succeeded'), deal: Deal })`, then
 * `fields: ({ intent, deal }) => …`. A part is a source, or the contract of a document that is read elsewhere. Paths in documents begin
 * with its name: `deal.stage`.
 *
 * The mapping is pure, so whoever has all documents calls it: `mapping.run({ intent, deal })`, in a saga step that has read the second one,
 * in a job, in a test. A flow's own `map` takes one event and no join; a part that is missing is a fault that names it.
 * @throws {TielineError} `DECLARATION_INVALID` for fewer than two parts, or a name that is none.
 */
export function join<const D extends Readonly<Record<string, Source<unknown> | Contract<unknown>>>>(
  parts: D,
): Join<{ readonly [K in keyof D]: DocumentOf<D[K]> }> {
  const names = Object.keys(parts)
  if (names.length < 2) throw invalid('join: name at least two documents')
  for (const name of names) {
    if (!/^[A-Za-z_]\w{0,62}$/.test(safeKey(name)))
      throw invalid(`join: ${JSON.stringify(name)}: name documents as variables are named`)
  }
  return Object.freeze({ kind: 'join', parts: Object.freeze({ ...parts }) })
}

/** @throws {TielineError} `MAPPING_FAILED` naming the document that was not handed in */
export function checkParts(mapping: string, { parts }: Join<unknown>, documents: unknown): void {
  for (const name of Object.keys(parts)) {
    if (readOwn(documents, name) == null) {
      throw new TielineError('MAPPING_FAILED', `mapping ${mapping}: the document ${name} was not handed in`)
    }
  }
}
