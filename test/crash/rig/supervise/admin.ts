import { FLOWS } from '../ledger.ts'

export interface Status {
  readonly accepted: number
  readonly delivered: number
  readonly pending: number
  readonly dead: number
}

/** What an operator does over the admin API. The first gives undefined while all runtimes are down. */
export interface Operator {
  status(): Promise<Status | undefined>
  /** Replays all dead letters; answers how many. What was at hand in three kills is one (docs/adr/0007), and holds its key until then. */
  replay(): Promise<number>
  /** The oldest work that waits, and why. */
  standing(): Promise<string>
}

const TIMEOUT_MS = 2_000
const WHY = 'the crash rig killed the process three times while this was at hand'

export function operatorOf(ports: readonly number[]): Operator {
  let turn = 0

  /** Of one runtime after the other, until one answers. */
  async function ask<T>(path: string, body?: object): Promise<T | undefined> {
    for (let tries = 0; tries < ports.length; tries++) {
      const answer = await askOne<T>(ports[turn++ % ports.length] as number, path, body)
      if (answer !== undefined) return answer
    }
    return undefined
  }

  async function askOne<T>(port: number, path: string, body?: object): Promise<T | undefined> {
    const headers = { 'content-type': 'application/json' }
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/admin/v1/${path}`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }),
      })
      return answer.ok ? ((await answer.json()) as T) : undefined
    } catch {
      return undefined
    }
  }

  return {
    status: () => ask<Status>('status'),
    replay: async () => {
      let count = 0
      for (const flow of Object.keys(FLOWS)) {
        const answer = await ask<{ readonly moved: readonly string[] }>('dead/replay', { flow, why: WHY })
        count += answer?.moved.length ?? 0
      }
      return count
    },
    standing: async () => {
      const found = await ask<{ readonly items: readonly { readonly key: string }[] }>(
        'messages?state=pending&limit=500',
      )
      const key = found?.items.at(-1)?.key
      return key === undefined ? 'no work is pending' : JSON.stringify(await ask(`why?key=${encodeURIComponent(key)}`))
    },
  }
}
