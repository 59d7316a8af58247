import { createHash } from 'node:crypto'
import { TielineError } from '../../core/error.ts'
import type { DeadChoice, DeadGroup } from '../../engine/desk.ts'
import type { Admin } from './client.ts'

/** A group with the short id that can be typed. */
export interface Group extends DeadGroup {
  readonly group: string
}

/** How dead letters are chosen on the command line. */
export interface Chosen {
  readonly group?: string
  readonly flow?: string
  readonly all?: true
}

type Choice = Omit<DeadChoice, 'why' | 'rate'>

const ID = /^[0-9a-f]{8}$/

export async function groupsOf(
  admin: Admin,
  query: { readonly flow?: string | undefined } = {},
): Promise<readonly Group[]> {
  const { groups } = await admin.get<{ groups: readonly DeadGroup[] }>('dead', query)
  return groups.map((group) => ({ group: idOf(group), ...group }))
}

/**
 * What the command line chooses, as the runtime is asked for it.
 * @throws {TielineError} REQUEST_INVALID unless exactly one way of choosing is used
 */
export async function choices(admin: Admin, works: readonly string[], chosen: Chosen): Promise<readonly Choice[]> {
  const { group, flow, all } = chosen
  const ways = [works.length > 0, group !== undefined || flow !== undefined, all === true].filter(Boolean)
  if (ways.length !== 1) {
    throw new TielineError('REQUEST_INVALID', 'say which dead letters: work ids, or --group and --flow, or --all')
  }
  if (works.length > 0) return [{ works }]
  if (group !== undefined) return [await groupChoice(admin, group, flow)]
  if (flow !== undefined) return [{ flow }]
  return [...new Set((await groupsOf(admin)).map((one) => one.flow))].map((name) => ({ flow: name }))
}

/** A short id means one flow and one cause; a fingerprint itself the cause, in every flow unless one is named. */
async function groupChoice(admin: Admin, group: string, flow: string | undefined): Promise<Choice> {
  if (!ID.test(group)) return { fingerprint: group, ...(flow === undefined ? {} : { flow }) }
  const found = (await groupsOf(admin, { flow })).find((one) => one.group === group)
  if (found !== undefined) return { flow: found.flow, fingerprint: found.fingerprint }
  throw new TielineError('NOT_FOUND', `there is no group ${group} of dead letters`)
}

const idOf = ({ flow, fingerprint }: DeadGroup): string =>
  createHash('sha256').update(`${flow}\n${fingerprint}`).digest('hex').slice(0, 8)
