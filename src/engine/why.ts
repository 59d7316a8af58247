import type { WorkRow } from '../port/store.ts'
import type { Why } from './desk.ts'
import type { DeskParts } from './desk-of-store.ts'

const LIMIT = 200
/** A page looks through so much of a deep backlog; after so many the first of the key are what is known. */
const PAGES = 100

/** What is known of one lane; rows come newest first, so the last one seen is the head. */
interface Lane {
  pending: number
  head: WorkRow | undefined
  dead: WorkRow | undefined
}

/** One sentence for each lane of this key: what its first message waits for. */
export async function whyOf(parts: DeskParts, key: string): Promise<readonly Why[]> {
  const lanes = new Map<string, Lane>()
  let after: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const query = { key, states: ['pending', 'dead'] as const, limit: LIMIT, ...(after === undefined ? {} : { after }) }
    const { items, next } = await parts.store.find(query)
    for (const row of items) {
      const lane = lanes.get(row.flow) ?? { pending: 0, head: undefined, dead: undefined }
      lanes.set(row.flow, lane)
      if (row.state === 'dead') lane.dead = row
      else {
        lane.pending++
        lane.head = row
      }
    }
    after = next
    if (after === undefined) break
  }
  return [...lanes].map(([flow, lane]) => ({
    flow,
    key,
    pending: lane.pending,
    sentence: sentence(parts, flow, key, lane),
  }))
}

function sentence(
  { routing, controls, gates, host }: DeskParts,
  flow: string,
  key: string,
  { head, dead }: Lane,
): string {
  const declared = routing.flows.get(flow)
  if (declared === undefined)
    return `no declared flow is called ${flow}; declare it, or say was: '${flow}' in the flow that replaces it`
  const stop =
    controls.stopOf(declared) ??
    controls.stopOn(`key:${key}`) ??
    (head?.tenant === undefined ? undefined : controls.stopOn(`tenant:${head.tenant}`))
  if (stop !== undefined) {
    const what = stop.kind === 'pause' ? 'paused' : 'drained'
    const until = stop.untilMs === undefined ? '' : ` until ${time(stop.untilMs)}`
    return `${stop.target} is ${what} since ${time(stop.sinceMs)}${until}: ${stop.why}`
  }
  const holds = declared.onDead === 'hold key'
  if (dead !== undefined && holds && (head === undefined || head.owner === undefined)) {
    const next = `replay or discard it`
    return `the dead letter ${dead.id} holds the key since ${time(dead.settledAtMs ?? dead.acceptedAtMs)} (${dead.fault?.code}); ${next}`
  }
  if (head === undefined) return 'nothing waits'
  if (head.owner !== undefined) return `${head.id} is at work in ${head.owner}`
  if (head.dueAtMs !== undefined && head.dueAtMs > host.clock.now()) {
    const cause = head.fault === undefined ? (head.why ?? 'it waits') : `${head.fault.code}: ${head.fault.message}`
    return `${head.id} failed ${head.attempts} of ${declared.retry.attempts} times and runs again at ${time(head.dueAtMs)} (${cause})`
  }
  const closed = gates.closedFor(declared)
  if (closed !== undefined) return `${head.id} is ready; ${closed}`
  return `${head.id} is ready and waits for a free slot of ${flow} (${declared.concurrency} in all)`
}

const time = (ms: number): string => new Date(ms).toISOString()
