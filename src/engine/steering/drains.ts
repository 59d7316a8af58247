import { faultOf } from '../../core/fault.ts'
import type { Host } from '../../port/host.ts'
import type { Store } from '../../port/store.ts'
import { Presence } from './presence.ts'

/** How much is still at work of what an operator drains, in all processes. */
export interface Drains {
  /** Tells the others how much is left here, and learns of theirs. Regularly, while something is drained. */
  report(targets: readonly string[]): Promise<void>
  /** Undefined: nobody has said yet. */
  left(target: string): number | undefined
}

/** By target, then by process. */
type Body = Record<string, Record<string, { readonly left: number; readonly beat: number }>>

const DOCUMENT = 'tieline/drains'
/** A process that has not said anything for so long has no lease any more. */
const LOST_MS = 15_000

export function createDrains(store: Store, host: Host, here: (target: string) => number): Drains {
  const presence = new Presence(LOST_MS)
  let known: Body = {}
  let beat = 0

  async function report(targets: readonly string[]): Promise<void> {
    const [document] = await store.read([DOCUMENT])
    const before = document === undefined ? {} : (JSON.parse(document.body) as Body)
    const next: Body = {}
    const now = host.clock.mono()
    beat++
    for (const target of targets) {
      const others = Object.entries(before[target] ?? {}).filter(
        ([name, one]) => name !== host.name && presence.lives(`${target} ${name}`, one.beat, now),
      )
      next[target] = { ...Object.fromEntries(others), [host.name]: { left: here(target), beat } }
    }
    known = next
    // Whoever loses the race says it again half a second later.
    await store.write([{ key: DOCUMENT, expected: document?.version ?? 0, body: JSON.stringify(next) }])
  }

  return {
    report: (targets) =>
      report(targets).catch((error: unknown) => host.log('warn', 'engine.drain', { fault: faultOf(error) })),
    left: (target) => {
      if (store.traits.writers === 'one') return here(target)
      const reports = known[target]
      if (reports === undefined) return undefined
      return Object.entries(reports).reduce(
        (sum, [name, { left }]) => sum + (name === host.name ? here(target) : left),
        0,
      )
    },
  }
}
