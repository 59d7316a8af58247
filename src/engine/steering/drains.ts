import { faultOf } from '../../core/fault.ts'
import type { Host } from '../../port/host.ts'
import type { Store } from '../../port/store.ts'
import { Presence } from './presence.ts'

/** How much is still at work of what an operator drains, in all processes. */
export interface Drains {
  /** Tells the others how much is left here, and learns of theirs. Regularly, while something is drained. */
  report(targets: readonly string[]): Promise<void>
  /** Undefined: not all have had the time to say so. */
  left(target: string): number | undefined
}

/** By target, then by process. */
type Body = Record<string, Record<string, { readonly left: number; readonly beat: number }>>

const DOCUMENT = 'tieline/drains'
/** A process that has not said anything for so long has no lease any more. */
const LOST_MS = 15_000
/** All processes have learned of a drain by then, and said how much they have. */
const HEARD_MS = 1_000
/** Reports that stopped for so long were of a drain that has ended. */
const ENDED_MS = 2_000
const RACES = 5

export function createDrains(store: Store, host: Host, here: (target: string) => number): Drains {
  const presence = new Presence(LOST_MS)
  /** Since when each is reported here. */
  let since = new Map<string, number>()
  let reportedMono = Number.NEGATIVE_INFINITY
  let known: Body = {}
  let beat = 0

  async function report(targets: readonly string[]): Promise<void> {
    const now = host.clock.mono()
    if (now - reportedMono > ENDED_MS) since.clear()
    reportedMono = now
    since = new Map(targets.map((target) => [target, since.get(target) ?? now]))
    beat++
    for (let race = 0; race < RACES; race++) {
      const [document] = await store.read([DOCUMENT])
      const before = document === undefined ? {} : (JSON.parse(document.body) as Body)
      known = Object.fromEntries(targets.map((target) => [target, { ...others(before, target, now), ...mine(target) }]))
      const change = { key: DOCUMENT, expected: document?.version ?? 0, body: JSON.stringify(known) }
      if ((await store.write([change]))[0] === 'ok') return
    }
  }

  function others(before: Body, target: string, now: number): Body[string] {
    const all = Object.entries(before[target] ?? {})
    return Object.fromEntries(
      all.filter(([name, one]) => name !== host.name && presence.lives(`${target} ${name}`, one.beat, now)),
    )
  }

  function mine(target: string): Body[string] {
    return { [host.name]: { left: here(target), beat } }
  }

  return {
    report: (targets) =>
      report(targets).catch((error: unknown) => host.log('warn', 'engine.drain', { fault: faultOf(error) })),
    left: (target) => {
      if (store.traits.writers === 'one') return here(target)
      const reports = known[target]
      const begun = since.get(target)
      const now = host.clock.mono()
      if (reports === undefined || begun === undefined || now - reportedMono > ENDED_MS) return undefined
      if (now - begun < HEARD_MS) return undefined
      return Object.entries(reports).reduce(
        (sum, [name, { left }]) => sum + (name === host.name ? here(target) : left),
        0,
      )
    },
  }
}
