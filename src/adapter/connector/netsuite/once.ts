import { toTielineError } from '../../../core/error.ts'
import { type Idempotency, operation } from '../../../declare/target/operation.ts'
import type { Written } from './answer.ts'
import type { TransactionFields } from './fields.ts'
import type { RecordType } from './record.ts'
import { type Sequence, sequence } from './sequence.ts'
import { externalIdOf, type Which } from './which.ts'

type Transactions = RecordType<TransactionFields>

export interface Once {
  readonly from: Which
  /** Of the new record. */
  readonly externalId: string
  /** What differs from the record that it is made of. */
  readonly fields?: TransactionFields
}

const TAKEN: Idempotency = Object.freeze({
  by: 'state',
  why: 'the new record’s external id is unique: a repeat is refused, and the record is then looked for',
})

/** Transforms a transaction once: looks for the new one by its external id before, and again when NetSuite refuses a second one. */
export function transformOnce(from: Transactions, to: Transactions): Sequence<Once, Written> {
  const transform = operation({
    ...from.transform.spec,
    name: `${from.type}.to.${to.type}`,
    idempotency: TAKEN,
  })
  return sequence<Once, Written>([to.find, transform], async ({ from: which, externalId, fields }, call) => {
    const wanted = { externalId: externalIdOf(externalId) }
    const before = await to.find(wanted, call)
    if (before !== null) return before
    try {
      return await transform({ ...which, to: to.type, fields: { ...fields, ...wanted } }, call)
    } catch (thrown) {
      const made = toTielineError(thrown).code === 'PROVIDER_REFUSED' ? await to.find(wanted, call) : null
      if (made === null) throw thrown
      return made
    }
  })
}
