import { TielineError } from '../core/error.ts'
import type { Store, WorkRow } from '../port/store.ts'
import type { DeadChoice, DeadFilter, DeadGroup } from './desk.ts'

const PAGE = 500
/** What one look or one replay goes through at most. */
const LIMIT = 10_000
const WORKS_SHOWN = 100

/** Dead letters and quarantined messages by cause, the largest group first. */
export async function groupDead(store: Store, { flow, limit = LIMIT }: DeadFilter): Promise<readonly DeadGroup[]> {
  const groups = new Map<string, { row: WorkRow; count: number; works: string[] }>()
  for await (const row of deadRows(store, { ...(flow === undefined ? {} : { flow }) }, Math.min(limit, LIMIT))) {
    const name = `${row.flow}\n${row.fault?.fingerprint}`
    const group = groups.get(name) ?? { row, count: 0, works: [] }
    groups.set(name, group)
    group.count++
    if (group.works.length < WORKS_SHOWN) group.works.push(row.work)
  }
  return [...groups.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ row, count, works }) => ({
      fingerprint: row.fault?.fingerprint ?? '',
      flow: row.flow,
      code: row.fault?.code ?? 'UNKNOWN',
      example: row.id,
      count,
      works,
    }))
}

/** @throws {TielineError} REQUEST_INVALID without any choice; NOT_FOUND when one of the named works is not dead */
export async function chooseDead(store: Store, choice: DeadChoice): Promise<readonly WorkRow[]> {
  const { works, flow, fingerprint } = choice
  if (works !== undefined) {
    const rows = (await store.history(works)).filter((row) => row.state === 'dead' || row.state === 'quarantined')
    const found = new Set(rows.map((row) => row.work))
    const missing = works.filter((work) => !found.has(work))
    if (missing.length > 0)
      throw new TielineError('NOT_FOUND', `no dead letter has the work id ${missing.slice(0, 5).join(', ')}`)
    return rows
  }
  if (flow === undefined && fingerprint === undefined) {
    throw new TielineError('REQUEST_INVALID', 'choose dead letters: works, flow or fingerprint')
  }
  const rows: WorkRow[] = []
  const wanted = { ...(flow === undefined ? {} : { flow }), ...(fingerprint === undefined ? {} : { fingerprint }) }
  for await (const row of deadRows(store, wanted, LIMIT)) rows.push(row)
  return rows.reverse() // oldest first, as they came
}

async function* deadRows(
  store: Store,
  filter: { flow?: string; fingerprint?: string },
  limit: number,
): AsyncGenerator<WorkRow> {
  let after: string | undefined
  for (let seen = 0; seen < limit; ) {
    const page = await store.find({
      ...filter,
      states: ['dead', 'quarantined'],
      limit: Math.min(PAGE, limit - seen),
      ...(after === undefined ? {} : { after }),
    })
    yield* page.items
    seen += page.items.length
    after = page.next
    if (after === undefined) return
  }
}
