import type { Fault } from '../core/fault.ts'
import { readJson } from '../core/json-value.ts'
import type { Saga, Step } from '../declare/saga/saga.ts'
import type { Claimed, JournalEntry } from '../port/store.ts'

/** Where a saga stands, read from its journal. */
export interface SagaState {
  readonly begun: Set<string>
  readonly done: Set<string>
  /** How often each step was undone: its next effect is a new one, with a new idempotency key. */
  readonly undone: Map<string, number>
  readonly results: Record<string, unknown>
  /** Set while the saga is being compensated. */
  failed: Fault | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: the types of step results are the declaration's affair
export type AnySaga = Saga<any, any>

/** After an operator's replay a fully compensated saga runs forward again; steps that could not be undone stay done. */
export function readJournal(saga: AnySaga, claimed: Claimed): SagaState {
  const state: SagaState = { begun: new Set(), done: new Set(), undone: new Map(), results: {}, failed: undefined }
  let failures = 0
  for (const entry of claimed.journal) {
    if (entry.kind === 'failed') failures++
    apply(state, entry)
  }
  if (toUndo(saga, state).length === 0 && claimed.replays >= failures) state.failed = undefined
  return state
}

/** Steps whose effect stands and that know how to undo it, last first. */
export function toUndo(saga: AnySaga, state: SagaState): readonly Step[] {
  return saga.steps.filter((step) => step.undo !== undefined && state.done.has(step.name)).reverse()
}

export function apply(state: SagaState, entry: Omit<JournalEntry, 'lease' | 'position'>): void {
  switch (entry.kind) {
    case 'begun':
      state.begun.add(entry.step)
      state.failed = undefined // it went forward again, after a replay
      break
    case 'done':
      state.done.add(entry.step)
      state.results[entry.step] = readJson(entry.result ?? 'null')
      break
    case 'undone':
      state.done.delete(entry.step)
      state.begun.delete(entry.step)
      delete state.results[entry.step]
      state.undone.set(entry.step, (state.undone.get(entry.step) ?? 0) + 1)
      break
    case 'failed':
      state.failed = entry.fault
      break
    default:
      entry.kind satisfies never
  }
}
