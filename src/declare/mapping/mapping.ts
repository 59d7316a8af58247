import type { Contract } from '../contract/contract.ts'
import type { Source } from '../source/source.ts'
import type { Skipped } from './skipped.ts'

/** A declared transformation from a source's body to a contract's value. */
export interface Mapping<E, M> {
  readonly kind: 'mapping'
  readonly name: string
  readonly from: Source<E>
  readonly to: Contract<M>
  /** Compiled. Throws TielineError MAPPING_FAILED naming the field. Compiles on first use. */
  readonly run: (source: E) => M | Skipped
}
