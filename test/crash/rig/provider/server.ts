import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../../../src/adapter/clock/system.ts'
import { type FaultPlan, faultDesk } from '../../../../src/sandbox/index.ts'
import { jsonAnswer } from '../../../../src/sandbox/provider.ts'
import { seededRandom } from '../../../../src/sandbox/seeded-random.ts'
import { perform } from '../../../../src/sandbox/server/perform.ts'
import { readBody } from '../../../../src/sandbox/server/read-body.ts'
import type { Called } from '../ledger.ts'
import type { Model } from './model.ts'

/** Shares of all requests, about one in twelve in all. The caller waits 400 ms for an answer. */
const FAULTS: FaultPlan = Object.freeze([
  { kind: 'error-before-effect', probability: 0.015 },
  { kind: 'error-after-effect', probability: 0.015 },
  { kind: 'rate-limited', probability: 0.008, retryAfterS: 1 },
  { kind: 'late-answer', probability: 0.02, holdMs: 80 },
  { kind: 'slow-body', probability: 0.005, holdMs: 80 },
  { kind: 'timeout-after-effect', probability: 0.002, holdMs: 600 },
  { kind: 'cut-before-effect', probability: 0.008 },
  { kind: 'cut-after-effect', probability: 0.008 },
])
/** The one kind that the sandbox does not have: no effect, no answer. */
const NEVER_ANSWERED = Object.freeze({ probability: 0.002, holdMs: 600 })
const NEVER_CLOSED = new AbortController().signal

export interface ProviderOptions {
  readonly model: Model
  readonly seed: number
  /** After each effect or repeat, before its answer is sent. */
  readonly handled: (called: Called) => void
}

/** Serves the provider, with the sandbox's faults around it. Answers its address. */
export async function serve({ model, seed, handled }: ProviderOptions): Promise<string> {
  const random = seededRandom(seed)
  const desk = faultDesk(FAULTS, seededRandom(seed + 1))

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, 1_048_576)
    if (typeof body === 'string') return // cut by the caller
    if (random() < NEVER_ANSWERED.probability) {
      setTimeout(() => response.destroy(), NEVER_ANSWERED.holdMs)
      return
    }
    const { method = 'POST', url: path = '/', headers } = request
    perform(desk.answer({ method, path }, Date.now()), {
      response,
      clock: systemClock,
      signal: NEVER_CLOSED,
      handle: () => {
        const { called, answer } = model.handle({ path, headers, body })
        if (called !== undefined) handled(called)
        return answer
      },
      refuse: (fault, retryAfterS) =>
        fault === 'rate-limited'
          ? jsonAnswer(429, { detail: 'slower' }, { 'retry-after': String(retryAfterS) })
          : jsonAnswer(500, { detail: 'failed' }),
    })
  }

  const server = createServer((request, response) => void receive(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
