import { TielineError } from '../../core/error.ts'
import type { Clock } from '../../port/clock.ts'
import type { Http, HttpResponse } from '../../port/http.ts'
import type { Random } from '../../port/random.ts'

export interface Call {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface CallerOptions {
  readonly http: Http
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  /** Called before each repeat. */
  readonly repeated: () => void
}

/** POSTs until it is answered for good; undefined when the traffic was stopped. */
export type Caller = (call: Call) => Promise<HttpResponse | undefined>

const TIMEOUT_MS = 5_000
const PAUSE = Object.freeze({ firstMs: 50, mostMs: 1_000 })
// Answers that say "later": too early or late, a conflict in progress, too many; 401 because credentials are renewed meanwhile.
const LATER: ReadonlySet<number> = new Set([401, 408, 409, 425, 429])

/** A sender that never gives up: a cut line, no answer, 5xx and "later" are tried again after a growing pause. */
export function caller({ http, clock, random, signal, repeated }: CallerOptions): Caller {
  return async ({ url, headers, body }) => {
    const { hostname } = new URL(url)
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (attempt > 0) {
        repeated()
        const most = Math.min(PAUSE.mostMs, PAUSE.firstMs * 2 ** Math.min(attempt - 1, 10))
        await clock.sleep(most * (0.5 + random() / 2), signal)
        if (signal.aborted) return undefined
      }
      const limits = { timeoutMs: TIMEOUT_MS, maxResponseBytes: 1_048_576, allow: [hostname] }
      const answer = await http.request({ method: 'POST', url, headers, body, ...limits }, signal).catch(noAnswer)
      if (answer && answer.status < 500 && !LATER.has(answer.status)) return answer
    }
    return undefined
  }
}

function noAnswer(thrown: unknown): undefined {
  if (!(thrown instanceof TielineError)) throw thrown
}
