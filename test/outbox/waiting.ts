import { setImmediate } from 'node:timers/promises'
import type { Scene } from './scene.ts'

/** What happened first: the statement ended, or its session waits for a lock. Never a guess by time. */
export async function endsOrWaits(
  there: Scene,
  pid: number | null,
  statement: Promise<unknown>,
): Promise<'ended' | 'waits'> {
  let ended = false
  const end = (): void => {
    ended = true
  }
  statement.then(end, end)
  for (;;) {
    const [row] = await there.rows(`SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted) AS waits`, [
      pid,
    ])
    if (ended) return 'ended'
    if (row?.['waits'] === true) return 'waits'
    await setImmediate()
  }
}

/** The process id of a session. */
export const pidOf = (client: unknown): number | null => (client as { readonly processID: number | null }).processID
