import { setTimeout as sleep } from 'node:timers/promises'
import type { Operator } from './admin.ts'
import type { Child } from './child.ts'
import type { World } from './world.ts'

const QUIET_MS = 60_000
/** Without any progress for so long, what is left will not be delivered. */
const STUCK_MS = 30_000
const LOOK_MS = 100

/**
 * The last lives are not struck: everything that was begun gets its 2xx, everything that was accepted is delivered, and the runtimes stop when they
 * are told to. Answers what did not go so.
 */
export async function settle(runtimes: readonly Child[], world: World, operator: Operator): Promise<readonly string[]> {
  const troubles: string[] = []
  if (!(await world.quiet(QUIET_MS))) troubles.push(`the senders did not get their 2xx within ${QUIET_MS / 1_000} s`)
  const stuck = await drained(runtimes, operator)
  if (stuck !== undefined) troubles.push(stuck)
  for (const runtime of runtimes) {
    runtime.signal('SIGTERM')
    const { code, signal } = await runtime.ended
    if (code !== 0) troubles.push(`after SIGTERM the runtime ended with ${signal ?? code}: ${runtime.words()}`)
  }
  return troubles
}

/** Waits until nothing is pending; undefined then. */
async function drained(runtimes: readonly Child[], operator: Operator): Promise<string | undefined> {
  let known = ''
  for (let since = performance.now(); performance.now() - since < STUCK_MS; await sleep(LOOK_MS)) {
    if (runtimes.some((one) => one.over())) return 'a runtime ended before all was delivered'
    const now = await operator.status()
    if (now?.pending === 0 && now.dead === 0) return undefined
    const seen = now === undefined ? known : JSON.stringify([now.delivered, now.pending])
    if (seen !== known) since = performance.now()
    known = seen
  }
  return `nothing moves any more: ${await operator.standing()}`
}
