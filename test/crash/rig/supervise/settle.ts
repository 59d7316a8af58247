import { setTimeout as sleep } from 'node:timers/promises'
import type { Operator } from './admin.ts'
import type { Child } from './child.ts'
import type { World } from './world.ts'

const QUIET_MS = 60_000
/** Without any progress for so long, what is left will not be delivered. */
const STUCK_MS = 30_000
const LOOK_MS = 100

/**
 * The last life is not struck: everything that was begun gets its 2xx, everything that was accepted is delivered, and the runtime stops when it is
 * told to. Answers what did not go so.
 */
export async function settle(runtime: Child, world: World, operator: Operator): Promise<readonly string[]> {
  const troubles: string[] = []
  if (!(await world.quiet(QUIET_MS))) troubles.push(`the senders did not get their 2xx within ${QUIET_MS / 1_000} s`)
  const stuck = await drained(runtime, operator)
  if (stuck !== undefined) troubles.push(stuck)
  runtime.signal('SIGTERM')
  const { code, signal } = await runtime.ended
  if (code !== 0) troubles.push(`after SIGTERM the runtime ended with ${signal ?? code}: ${runtime.words()}`)
  return troubles
}

/** Waits until nothing is pending; undefined then. */
async function drained(runtime: Child, operator: Operator): Promise<string | undefined> {
  let known = ''
  for (let since = performance.now(); performance.now() - since < STUCK_MS; await sleep(LOOK_MS)) {
    if (runtime.over()) return 'the runtime ended before all was delivered'
    const now = await operator.status()
    if (now?.pending === 0 && now.dead === 0) return undefined
    const seen = JSON.stringify(now === undefined ? known : [now.delivered, now.pending])
    if (seen !== known) since = performance.now()
    known = seen
  }
  return `nothing moves any more: ${await operator.standing()}`
}
