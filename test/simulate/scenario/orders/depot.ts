import type { Provider, ProviderAnswer } from 'tieline/sandbox'
import type { Stage } from 'tieline/testing'
import type { Asked } from './flows.ts'

/** A provider that honours idempotency keys: what it was asked for once, it does once. */
export interface Depot extends Provider<readonly string[]> {
  /** What is reserved and not released, shipped. */
  readonly reserved: ReadonlySet<string>
  readonly shipped: ReadonlySet<string>
}

export function depot(stage: Stage): Depot {
  const answers = new Map<string, ProviderAnswer>()
  const reserved = new Set<string>()
  const shipped = new Set<string>()
  const begun = new Set<string>()
  const asked = new Set<string>()
  const ledger: string[] = []

  function act(what: string, { flow, message, refused }: Asked): ProviderAnswer {
    if (refused === 'always' || (refused === 'once' && !asked.has(message))) {
      asked.add(message)
      return REFUSAL
    }
    ledger.push(`${what} ${message}`)
    if (what === '/reserve') turn(reserved, message, true)
    else if (what === '/release') turn(reserved, message, false)
    else stage.effect(flow, message, what)
    if (what === '/ship') shipped.add(message)
    // Reserved again after a release is no double, but the first time has its turn in the lane.
    if (what === '/reserve' && !begun.has(message)) {
      begun.add(message)
      stage.effect(flow, message, what)
    }
    return answer(200)
  }

  function turn(set: Set<string>, message: string, on: boolean): void {
    if (set.has(message) === on) stage.fail('effect doubled', `${message} is reserved or released twice`)
    if (on) set.add(message)
    else set.delete(message)
  }

  return {
    name: 'depot',
    reserved,
    shipped,
    handle: ({ path, headers, body }) => {
      const key = headers['idempotency-key'] ?? ''
      const known = answers.get(key)
      if (known !== undefined) return known
      const done = act(path, JSON.parse(new TextDecoder().decode(body)) as Asked)
      if (done !== REFUSAL) answers.set(key, done)
      return done
    },
    refuse: (fault, _, retryAfterS) =>
      fault === 'rate-limited'
        ? { ...answer(429), headers: { 'retry-after': String(retryAfterS) } }
        : answer(fault === 'server-error' ? 500 : 401),
    ledger: () => ledger,
    state: () => ({ reserved: [...reserved], shipped: [...shipped] }),
    reset: () => {},
  }
}

const answer = (status: number): ProviderAnswer => ({ status, headers: {}, body: '{}' })
const REFUSAL = answer(422)
