import type { Desk } from '../../engine/desk.ts'
import type { Admittance } from '../../engine/pressure/admittance.ts'
import type { Health } from '../health/health.ts'
import { exposition, METRICS_TYPE } from '../metrics/exposition.ts'
import { createCounts, type RequestCounts } from '../metrics/request-counts.ts'
import { answerJson, answerText } from './answer.ts'
import type { Arrival, Door } from './arrival.ts'
import { turnAway } from './body.ts'
import type { Load } from './load.ts'
import { problem } from './problem.ts'

export interface ProbesParts {
  readonly desk: Desk
  readonly health: Health
  readonly load: Load
  readonly admittance: Admittance
  readonly counts: () => readonly RequestCounts[]
}

export interface Probes {
  /** Answers `/health/live`, `/health/ready` and `/metrics`; false where it is another path. */
  answer(arrival: Arrival, url: string): boolean
}

/** What machines ask: alive, ready, numbers. Open to all that reach the address: it tells counts and declared names only. */
export function createProbes({ desk, health, load, admittance, counts }: ProbesParts): Probes {
  const door: Door = { counts: createCounts('health'), load, maxBytes: 0, receive: async () => {} }

  const live = async (arrival: Arrival): Promise<void> => answerJson(arrival, 200, '{"live":true}')

  const ready = async (arrival: Arrival): Promise<void> => {
    const found = await health.ready()
    const told = load.held === undefined ? found : { ...found, ready: false, reason: load.held.detail }
    answerJson(arrival, told.ready ? 200 : 503, JSON.stringify(told))
  }

  const metrics = async (arrival: Arrival): Promise<void> => {
    const status = await desk.status().catch(() => undefined)
    const { active, heldBytes } = load
    const requests = [...counts(), door.counts]
    answerText(
      arrival,
      200,
      METRICS_TYPE,
      exposition({ status, requests, active, heldBytes, pressure: admittance.facts() }),
    )
  }

  return {
    answer(arrival, url) {
      const path = url.split('?', 1)[0]
      const run =
        path === '/health/live' ? live : path === '/health/ready' ? ready : path === '/metrics' ? metrics : undefined
      if (run === undefined) return false
      arrival.door = door
      if (arrival.method !== 'GET' && arrival.method !== 'HEAD') {
        turnAway(arrival, problem('METHOD_REFUSED', 'only GET is taken here', { headers: ['Allow', 'GET, HEAD'] }))
      } else void run(arrival)
      return true
    },
  }
}
