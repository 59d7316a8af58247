import type { GateFacts } from '../desk.ts'
import type { GateKind } from './facts.ts'
import type { Gate } from './gate.ts'
import type { Target } from './target.ts'

/** A gate as people are shown it. */
export function describeGate({ name, share }: Target, gate: Gate, now: number): GateFacts {
  const { layer, breaker } = gate
  const kind: GateKind = layer.kind === 'retry budget' ? 'budget' : layer.kind
  if (breaker !== undefined && layer.kind === 'breaker') {
    if (breaker.phase === 'closed') return { target: name, kind, state: 'open for calls' }
    const opensInMs = Math.max(0, Math.round(breaker.since + layer.halfOpenAfterMs - now))
    return {
      target: name,
      kind,
      state: breaker.phase === 'open' ? 'closed' : 'probing',
      forMs: Math.max(0, Math.round(now - breaker.since)),
      ...(breaker.phase === 'open' ? { opensInMs } : {}),
      why: 'too many of its calls failed or were slow',
    }
  }
  const state = gate.room(now, 0) > 0 ? 'open for calls' : 'closed'
  return { target: name, kind, state, ...(layer.kind === 'rate limit' ? { share } : {}) }
}

/** What the provider has asked for; undefined: nothing. */
export function describeProvider({ name, provider }: Target, now: number): GateFacts | undefined {
  if (provider.window === Number.POSITIVE_INFINITY) return undefined
  const closed = now < provider.untilMono
  return {
    target: name,
    kind: 'provider',
    state: closed ? 'closed' : 'probing',
    forMs: Math.round(now - provider.sinceMono),
    ...(closed ? { opensInMs: Math.round(provider.untilMono - now) } : {}),
    why: provider.why,
  }
}
