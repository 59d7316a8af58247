import type { Codec, Constant } from '../node.ts'
import { checkReason } from '../reason.ts'
import { invalid, nodeIn } from '../recorder.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted } from './call.ts'
import { noEntry, reversible, type Table, tableOf, tableRule } from './table.ts'

/** What a lookup does with a value that its table lacks: the message becomes a dead letter. */
export class Unmapped {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/** A value without an entry is a fault, and the message a dead letter (`MAPPING_FAILED`) until the table is completed. */
export function unmapped(why: string): Unmapped {
  return Object.freeze(new Unmapped(checkReason('unmapped', why)))
}

/**
 * A constant from a table, for values that the source's type does not know: `lookup(order.country, REGIONS, { otherwise: … })`. What becomes
 * of a value without an entry is declared: `fixed(constant, 'why')`, or `unmapped('why')`, whose fault names the field and never shows the
 * value. It works both ways where no two entries share a value and there is no default. A number is looked up by its
 * text: ``lookup(text`${order.state}`, …)``.
 */
export function lookup<
  T extends string | Nil,
  const O extends Readonly<Record<string, Constant>>,
  const D extends Constant = never,
>(of: Value<T>, entries: O, rest: { readonly otherwise: Value<D> | Unmapped }): Lifted<T, O[keyof O & string] | D> {
  const table = tableOf('lookup', entries)
  const { otherwise } = rest
  if (otherwise instanceof Unmapped) return call(strict(table, otherwise), of)
  const node = nodeIn(otherwise)
  if (node?.op !== 'constant' || node.why === undefined) {
    throw invalid("lookup: otherwise is fixed(constant, 'why') or unmapped('why')")
  }
  const { value, why } = node
  return call(
    {
      name: 'lookup',
      rule: `${tableRule(table)}, otherwise ${JSON.stringify(value)}`,
      run: (key) => {
        const found = table.get(key as string)
        return found !== undefined ? found : value
      },
      lossy: 'values without an entry become the same',
      why,
    },
    of,
  )
}

function strict(table: Table, { why }: Unmapped): Codec {
  const codec: Codec = {
    name: 'lookup',
    rule: `${tableRule(table)}, otherwise a dead letter`,
    why,
    run: (key) => {
      const found = table.get(key as string)
      return found !== undefined ? found : noEntry('lookup', `: ${why}`)
    },
  }
  return reversible(codec, table)
}
