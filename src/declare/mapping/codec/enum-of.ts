import type { Constant } from '../node.ts'
import { checkReason } from '../reason.ts'
import type { Nil, Value } from '../reference.ts'
import { call, type Lifted } from './call.ts'
import { noEntry, reversible, tableOf, tableRule } from './table.ts'

/**
 * One constant for each value of the source: `enumOf(invoice.status, { open: 'OPEN', paid: 'PAID' })`. Every value that the source's
 * type knows needs its entry; one that arrives nevertheless is a fault. It works both ways where no two entries share a value.
 * @param why several values may become the same; `tieline check` asks (`lossy-field`).
 */
export function enumOf<T extends string | Nil, const O extends Readonly<Record<T & string, Constant>>>(
  of: Value<T>,
  entries: O,
  why?: string,
): Lifted<T, O[T & string]> {
  const table = tableOf('enumOf', entries)
  const codec = reversible(
    {
      name: 'enumOf',
      rule: tableRule(table),
      run: (value) => {
        const found = table.get(value as string)
        return found !== undefined ? found : noEntry('enumOf')
      },
    },
    table,
  )
  if (why !== undefined) return call({ ...codec, why: checkReason('enumOf', why) }, of)
  return call(new Set(table.values()).size < table.size ? { ...codec, merges: true } : codec, of)
}
