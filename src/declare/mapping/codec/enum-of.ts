import { TielineError } from '../../../core/error.ts'
import type { Codec, Constant } from '../node.ts'
import { invalid, isConstant } from '../recorder.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted } from './call.ts'

/**
 * One constant for each value of the source: `enumOf(invoice.status, { open: 'OPEN', paid: 'PAID' })`. Every value that the source's
 * type knows needs its entry; one that arrives nevertheless is a fault.
 */
export function enumOf<T extends string | Nil, const O extends Readonly<Record<T & string, Constant>>>(
  of: Value<T>,
  entries: O,
): Lifted<T, O[T & string]> {
  const table = new Map<string, Constant>(Object.entries(entries))
  for (const [key, value] of table) {
    if (!isConstant(value)) throw invalid(`enumOf: ${key}: use a string, a finite number, a boolean or null`)
  }
  const codec: Codec = {
    name: 'enumOf',
    rule: [...table].map(([from, to]) => `${from} → ${to}`).join(', '),
    run: (value) => {
      const found = table.get(value as string)
      if (found !== undefined) return found
      throw new TielineError('VALUE_INVALID', 'enumOf has no entry for this value')
    },
    ...(new Set(table.values()).size < table.size ? { lossy: 'several values become the same' } : {}),
  }
  return call(codec, of)
}
