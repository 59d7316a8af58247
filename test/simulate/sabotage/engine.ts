import type { Sabotage } from './sabotage.ts'

/** Bugs of the engine: when it acknowledges, which key it sends, how it keeps a lease, when it tries again. */
export const ENGINE: readonly Sabotage[] = [
  {
    name: 'ack-before-commit',
    about: 'the sender is told 202 before the message is stored',
    changes: [
      {
        file: 'engine/take.ts',
        find: 'const accepted = await store.accept(messages)',
        put: `void store.accept(messages).catch(() => {})
    const accepted = messages.map(({ id }) => ({ id, duplicate: false }))`,
      },
    ],
  },
  {
    name: 'silent-drop',
    about: 'an event that breaks its contract is left out without a record, and acknowledged',
    changes: [
      {
        file: 'engine/take.ts',
        find: 'if (issues !== undefined) return quarantine(store, endpoint, events, event, raw, issues)',
        put: "if (issues !== undefined) return { as: 'accepted', messages: [{ id: event.id, duplicate: false }] }",
      },
    ],
  },
  {
    name: 'key-per-attempt',
    about: 'the idempotency key is built anew for each attempt',
    changes: [
      {
        file: 'engine/work.ts',
        find: 'idempotencyKey: claimed.effect,',
        put: 'idempotencyKey: claimed.effect + claimed.attempt,',
      },
    ],
  },
  {
    name: 'key-per-replay',
    about: 'an operator’s replay gets a new idempotency key',
    changes: [
      {
        file: 'engine/work.ts',
        find: 'idempotencyKey: claimed.effect,',
        put: 'idempotencyKey: claimed.effect + claimed.replays,',
      },
    ],
  },
  {
    name: 'lease-never-extended',
    about: 'work that takes longer than a lease loses it',
    changes: [
      {
        file: 'engine/keeper.ts',
        find: 'else if (now - one.sinceMono >= RENEW_MS / 2) long.push(one)',
        put: '',
      },
    ],
  },
  {
    name: 'lease-from-the-reply',
    about: 'a lease is counted from when the claim was answered, so its holder believes in it for too long',
    changes: [
      {
        file: 'engine/runner.ts',
        find: 'for (const one of mine) start(one, sent)',
        put: 'for (const one of mine) start(one, host.clock.mono())',
      },
    ],
  },
  {
    name: 'lease-by-the-wall-clock',
    about: 'the worker’s wall clock decides when the lease ends in the store',
    changes: [
      {
        file: 'engine/runner.ts',
        find: 'let running = 0',
        put: `const wall = host.clock.now() - host.clock.mono()
  let running = 0`,
      },
      {
        file: 'engine/runner.ts',
        find: '...request, limit,',
        put: '...request, leaseMs: LEASE_MS + host.clock.now() - host.clock.mono() - wall, limit,',
      },
    ],
  },
  {
    name: 'lease-not-checked',
    about: 'a call is made without looking whether the lease still holds',
    changes: [
      {
        file: 'engine/exchange.ts',
        find: 'if (terms.held.over || mono + LEASE_MARGIN_MS > terms.held.untilMono)',
        put: 'if (terms.held.over)',
      },
    ],
  },
  {
    name: 'gate-not-shared',
    scenario: 'gates',
    about: 'each worker takes the whole rate for itself',
    changes: [
      {
        file: 'engine/gates/target.ts',
        find: 'this.#shared = shared',
        put: 'this.#shared = false && shared',
      },
    ],
  },
  {
    name: 'budget-ignored',
    scenario: 'gates',
    about: 'a retry in process does not ask its budget',
    changes: [
      {
        file: 'engine/policy/again.ts',
        find: 'budget.enter(now, 0, kind) !== 0',
        put: 'budget.enter(now, 0, kind) < 0',
      },
    ],
  },
  {
    name: 'breaker-for-itself',
    scenario: 'gates',
    about: 'a breaker that a worker opened is not told to the others, and each tries by itself',
    changes: [
      {
        file: 'engine/gates/target.ts',
        find: 'phase.n <= gate.phaseN) continue',
        put: 'phase.n <= Number.MAX_VALUE) continue',
      },
    ],
  },
  {
    name: 'borrowed-lease',
    about: 'a former run of the same process goes on under the lease of the later one',
    changes: [
      {
        file: 'engine/runner.ts',
        find: 'parts.held.add(held)',
        put: `for (const one of parts.held) if (one.lease.id === claimed.lease.id) one.untilMono = held.untilMono
    parts.held.add(held)`,
      },
    ],
  },
  {
    name: 'retry-after-ignored',
    about: 'the durable retry does not wait for as long as the provider asked',
    changes: [
      {
        file: 'engine/work.ts',
        find: 'pauseMs(flow.retry, attempt, error.retryAfterMs, host.random)',
        put: 'pauseMs(flow.retry, attempt, undefined, host.random)',
      },
    ],
  },
  {
    name: 'timer-dropped-on-restart',
    about: 'work that a shutdown hands back waits for a timer that died with the process',
    changes: [
      {
        file: 'engine/work.ts',
        find: "return { lease, as: 'wait', afterMs: 0, why: 'the runtime was stopping' }",
        put: "return { lease, as: 'wait', afterMs: 86_400_000, why: 'the runtime was stopping' }",
      },
    ],
  },
  {
    name: 'wake-up-without-poll',
    about: 'a wake-up is all that a runner goes by; one that is lost leaves its lane standing',
    changes: [
      {
        file: 'engine/runner.ts',
        find: 'hint.wake()\n    }\n  }',
        put: '}\n  }',
      },
    ],
  },
  {
    name: 'undone-not-journalled',
    about: 'a saga forgets that a step was undone, so a replay does not do it again',
    changes: [
      {
        file: 'engine/saga-run.ts',
        find: "pen.note({ step: step.name, kind: 'undone' })",
        put: '',
      },
    ],
  },
  {
    name: 'saga-key-once-for-all',
    about: 'a step that was undone is done again under its old key, and the provider does nothing',
    changes: [
      {
        file: 'engine/effect.ts',
        find: 'undone: number): string {',
        put: 'times: number): string {\n  const undone = Math.min(times, 0)',
      },
    ],
  },
]
