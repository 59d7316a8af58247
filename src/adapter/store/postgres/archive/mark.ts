import { MARK } from '../../../../engine/move/mark.ts'
import type { Line } from '../line.ts'

/** The mark of a move, as it is stored. */
export async function markOf(line: Line, schema: string): Promise<string | undefined> {
  const { rows } = await line.run(`SELECT body FROM ${schema}.doc WHERE key = $1`, [MARK])
  return rows[0]?.body
}
