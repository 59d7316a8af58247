import { TielineError } from '../../../core/error.ts'
import type { Codec, Constant } from '../node.ts'
import { invalid, isConstant } from '../recorder.ts'
import { twoWay } from './call.ts'

/** A constant for every text of a declared table; whatever its keys are called, they are data. */
export type Table = ReadonlyMap<Constant, Constant>

/** @throws {TielineError} `DECLARATION_INVALID` naming the entry that is no constant. */
export function tableOf(word: string, entries: Readonly<Record<string, Constant>>): Table {
  const table = new Map(Object.entries(entries))
  for (const [key, value] of table) {
    if (!isConstant(value)) throw invalid(`${word}: ${key}: use a string, a finite number, a boolean or null`)
  }
  return table
}

export const tableRule = (table: Table): string => [...table].map(([from, to]) => `${from} → ${to}`).join(', ')

/** The values are data of a sender: a fault never shows them. */
export function noEntry(word: string, more = ''): never {
  throw new TielineError('VALUE_INVALID', `${word} has no entry for this value${more}`)
}

/** The codec with its way back, where every value of the table stands for one key. */
export function reversible(codec: Codec, table: Table): Codec {
  const values = [...table.values()]
  if (new Set(values).size < table.size) return { ...codec, lossy: 'several values become the same' }
  if (values.includes(null)) return { ...codec, lossy: 'null stands for an entry and for nothing' }
  const turned = new Map([...table].map(([from, to]) => [to, from] as const))
  return twoWay(codec, {
    name: codec.name,
    rule: tableRule(turned),
    run: (value) => turned.get(value as Constant) ?? noEntry(codec.name),
  })
}
