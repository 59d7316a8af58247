import type { StoreStatus, WorkRow } from '../../../../src/port/store.ts'
import { type Answered, CALLS, type Call, type Called, FLOWS, type Life } from '../ledger.ts'
import { laneOrder } from './order.ts'

/** What the judge compares: what senders were told, what the provider saw, whom the supervisor killed or stopped, what the store says. */
export interface Evidence {
  readonly answered: readonly Answered[]
  readonly called: readonly Called[]
  readonly lives: readonly Life[]
  readonly works: readonly Pick<WorkRow, 'id' | 'flow' | 'state'>[]
  readonly status: Pick<StoreStatus, (typeof COUNTS)[number]>
}

/** One sentence for each thing that is wrong. */
export interface Verdict {
  /** Events that got a 2xx. */
  readonly accepted: number
  /** Of these, those with each effect and a final `delivered` in each flow. */
  readonly delivered: number
  /** Answers that said "known already". */
  readonly duplicates: number
  /** Requests that the provider took, and those of them whose effect it had already made: by the same process, or by one that was killed. */
  readonly calls: number
  readonly repeats: { readonly sameLife: number; readonly afterKill: number }
  /** Told "taken", and an effect or a final state is missing. */
  readonly lost: readonly string[]
  /** An effect, an acceptance or a final state twice. */
  readonly doubled: readonly string[]
  /** Effects of a key in another order than its events were accepted; a message begun before the one ahead of it was through. */
  readonly outOfOrder: readonly string[]
  /** Repeats by a process that had lost its work to another and did not know yet: late, and without effect. */
  readonly absorbed: number
  /** The store's own counts and records say something else than the ledgers. */
  readonly disagreed: readonly string[]
}

const COUNTS = ['accepted', 'delivered', 'pending', 'leased', 'skipped', 'dead', 'discarded', 'quarantined'] as const
const FLOW_NAMES = Object.keys(FLOWS)

/** Pure; call it when all is settled. */
export function judge({ answered, called, lives, works, status }: Evidence): Verdict {
  const lost: string[] = []
  const doubled: string[] = []
  const disagreed: string[] = []

  const taken = new Set(answered.map(({ event }) => event))
  const asNew = new Set<string>()
  for (const { event, duplicate } of answered) {
    if (duplicate) continue
    if (asNew.has(event)) doubled.push(`${event} was accepted as new twice`)
    asNew.add(event)
  }

  const effects = effectsOf(called, doubled)
  for (const [event, made] of effects) {
    if (!taken.has(event))
      disagreed.push(`${event} had effects (${[...made.keys()].join(', ')}), and no sender was told that it was taken`)
  }
  const states = statesOf(works)
  for (const [event, found] of states) {
    if (!taken.has(event))
      disagreed.push(`${event} is in the store (${found.join(', ')}), and no sender was told that it was taken`)
  }

  let delivered = 0
  for (const event of taken) {
    const missing = missingOf(effects.get(event))
    for (const call of missing) lost.push(`${event}: the provider never saw ${call}`)
    const state = stateOf(event, states.get(event) ?? [], lost, doubled)
    if (missing.length === 0 && state === 'delivered') delivered++
  }
  chain(effects, lost)
  counts(status, taken.size, disagreed)
  const order = laneOrder(called, lives)
  return {
    accepted: taken.size,
    delivered,
    duplicates: answered.filter(({ duplicate }) => duplicate).length,
    calls: called.length,
    repeats: repeatsOf(called, effects),
    lost,
    doubled,
    outOfOrder: order.wrong,
    absorbed: order.absorbed,
    disagreed,
  }
}

type Effects = ReadonlyMap<string, ReadonlyMap<Call, Called>>

/** The first effect of each call of each event; what comes beside it is doubled. */
function effectsOf(called: readonly Called[], doubled: string[]): Effects {
  const effects = new Map<string, Map<Call, Called>>()
  const keys = new Map<string, string>()
  for (const one of called) {
    const { event, call, effect } = one
    const what = `${event} ${call}`
    const known = effect === null ? what : keys.get(effect)
    if (effect === null) doubled.push(`${what} came without an idempotency key`)
    else if (known === undefined) keys.set(effect, what)
    else if (known !== what) doubled.push(`one idempotency key for two effects: ${known} and ${what}`)
    if (!one.first) continue
    const made = effects.get(event) ?? new Map<Call, Called>()
    effects.set(event, made)
    const before = made.get(call)
    if (before === undefined) made.set(call, one)
    else doubled.push(`${what} had two effects, under the keys ${before.effect} and ${effect}`)
  }
  return effects
}

function repeatsOf(called: readonly Called[], effects: Effects): Verdict['repeats'] {
  const again = called.filter(({ first }) => !first)
  const afterKill = again.filter(
    ({ event, call, process }) => effects.get(event)?.get(call)?.process !== process,
  ).length
  return { sameLife: again.length - afterKill, afterKill }
}

const missingOf = (made: ReadonlyMap<Call, Called> | undefined): readonly Call[] =>
  CALLS.filter((call) => made?.get(call) === undefined)

/** By event: `flow state` of each piece of its work. */
function statesOf(works: Evidence['works']): ReadonlyMap<string, readonly string[]> {
  const states = new Map<string, string[]>()
  for (const { id, flow, state } of works) {
    const found = states.get(id)
    if (found) found.push(`${flow} ${state}`)
    else states.set(id, [`${flow} ${state}`])
  }
  return states
}

function stateOf(event: string, found: readonly string[], lost: string[], doubled: string[]): 'delivered' | 'not' {
  let state: 'delivered' | 'not' = 'delivered'
  for (const flow of FLOW_NAMES) {
    const ends = found.filter((one) => one.startsWith(`${flow} `))
    if (ends.length > 1) doubled.push(`${event} stands in the store ${ends.length} times: ${ends.join(', ')}`)
    if (ends.includes(`${flow} delivered`)) continue
    state = 'not'
    lost.push(`${event}: the store has ${ends.length === 0 ? `nothing of it in ${flow}` : `it as ${ends.join(', ')}`}`)
  }
  return state
}

/** A step is given what the one before it made: after a crash, from the journal. */
function chain(effects: Effects, lost: string[]): void {
  for (const steps of Object.values(FLOWS)) {
    for (const [event, made] of effects) {
      steps.forEach((call, n) => {
        const [one, before] = [made.get(call), made.get(steps[n - 1] as Call)]
        const expected = n === 0 ? null : before?.id
        if (one !== undefined && one.after !== expected)
          lost.push(`${event} ${call}: it was given ${one.after} in place of ${expected}`)
      })
    }
  }
}

function counts(status: Evidence['status'], taken: number, disagreed: string[]): void {
  const expected: Partial<Record<(typeof COUNTS)[number], number>> = {
    accepted: taken,
    delivered: taken * FLOW_NAMES.length,
  }
  for (const name of COUNTS) {
    const [says, should] = [status[name], expected[name] ?? 0]
    if (says !== should) disagreed.push(`the store counts ${says} ${name}; the ledgers say ${should}`)
  }
}
