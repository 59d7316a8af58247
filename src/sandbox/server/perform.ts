import type { ServerResponse } from 'node:http'
import type { Clock } from '../../port/clock.ts'
import type { AnswerFault } from '../fault/decide.ts'
import type { AnsweredFault, ProviderAnswer } from '../provider.ts'

/** What performing a fault may do. */
export interface Stage {
  readonly response: ServerResponse
  readonly clock: Clock
  /** Aborts when the server closes; whatever is held then ends. */
  readonly signal: AbortSignal
  /** Lets the effect happen; the answer is on its way for `busyMs`. */
  readonly handle: (busyMs: number) => ProviderAnswer
  readonly refuse: (fault: AnsweredFault, retryAfterS: number) => ProviderAnswer
}

const SLICES = 8 // of a slow body: enough that it trickles, few enough to be cheap

/** Answers one request as the fault says, or properly when there is none. */
export function perform(fault: AnswerFault | undefined, stage: Stage): void {
  const { response } = stage
  const refused = (kind: AnsweredFault): void => send(response, stage.refuse(kind, fault?.retryAfterS ?? 0))
  switch (fault?.kind) {
    case undefined:
      send(response, stage.handle(0))
      break
    case 'rate-limited':
      refused('rate-limited')
      break
    case 'expired-token':
      refused('expired-token')
      break
    case 'error-before-effect':
      refused('server-error')
      break
    case 'error-after-effect':
      stage.handle(0)
      refused('server-error')
      break
    case 'cut-before-effect':
      cut(response)
      break
    case 'cut-after-effect':
      stage.handle(0)
      cut(response)
      break
    case 'timeout-after-effect':
      stage.handle(fault.holdMs)
      after(fault.holdMs, stage, () => cut(response))
      break
    case 'late-answer': {
      const answer = stage.handle(fault.holdMs)
      after(fault.holdMs, stage, () => send(response, answer))
      break
    }
    case 'slow-body': {
      const answer = stage.handle(fault.holdMs)
      trickle(answer, fault.holdMs, stage).catch(() => cut(response))
    }
  }
}

export function send(response: ServerResponse, { status, headers, body }: ProviderAnswer): void {
  if (response.destroyed) return
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const cut = (response: ServerResponse): void => {
  response.destroy()
}

function after(ms: number, { clock, signal, response }: Stage, go: () => void): void {
  void clock
    .sleep(ms, signal)
    .then(go)
    .catch(() => cut(response))
}

async function trickle({ status, headers, body }: ProviderAnswer, ms: number, stage: Stage): Promise<void> {
  const { response, clock, signal } = stage
  const bytes = Buffer.from(body)
  const size = Math.max(1, Math.ceil(bytes.byteLength / SLICES))
  response.writeHead(status, { ...headers, 'content-length': bytes.byteLength })
  for (let from = 0; from < bytes.byteLength && !response.destroyed; from += size) {
    await clock.sleep(ms / SLICES, signal)
    response.write(bytes.subarray(from, from + size))
  }
  response.end()
}
