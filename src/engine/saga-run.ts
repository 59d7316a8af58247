import { TielineError, toTielineError } from '../core/error.ts'
import { faultOf } from '../core/fault.ts'
import type { Flow } from '../declare/flow/flow.ts'
import type { Step } from '../declare/saga/saga.ts'
import { type CallContext, type Operation, PERFORM } from '../declare/target/operation.ts'
import type { MessageFacts } from '../declare/target/target.ts'
import type { Claimed, JournalEntry, Store } from '../port/store.ts'
import { perform } from './act.ts'
import { stepKey } from './effect.ts'
import type { Held } from './held.ts'
import { type AnySaga, apply, readJournal, type SagaState, toUndo } from './saga-journal.ts'
import type { WorkParts } from './work.ts'

/**
 * Runs a saga's remaining steps from its journal. A failure that may pass is thrown and retried durably, from the same step; one that
 * will not pass, or the last attempt's, is journalled, and the steps before it are undone in reverse.
 *
 * | journal says         | what runs                                              |
 * | -------------------- | ------------------------------------------------------ |
 * | nothing              | the first step                                         |
 * | steps begun and done | the first step that is not done, with its former key   |
 * | a step failed        | `undo` of the steps done, last first, then dead letter |
 *
 * @throws {TielineError} retry: run again later; stop: undone (COMPENSATED), or it cannot be undone
 */
export async function runSaga(
  parts: WorkParts,
  flow: Flow,
  saga: AnySaga,
  claimed: Claimed,
  held: Held,
  input: unknown,
  message: MessageFacts,
): Promise<void> {
  const state = readJournal(saga, claimed)
  const pen = createPen(parts.store, claimed, state)
  const context = (step: Step, phase: 'do' | 'undo'): never =>
    ({ input, message, ...state.results, ...callContext(parts, claimed, held, state, step, phase) }) as never
  if (state.failed === undefined) {
    try {
      return await forward(parts, saga, state, pen, context, input, message)
    } catch (thrown) {
      const error = toTielineError(thrown)
      if (error.code === 'LEASE_LOST') throw error
      const passes =
        error.code === 'STOPPING' ||
        error.code === 'GATE_CLOSED' ||
        (error.disposition === 'retry' && claimed.attempt + 1 < flow.retry.attempts)
      if (!passes && toUndo(saga, state).length > 0) pen.note({ step: '', kind: 'failed', fault: faultOf(error) })
      await pen.write() // what was done stays done
      if (state.failed === undefined) throw error
      held.compensating = true
      // The provider asked for patience: undoing begins after it, so the store waits.
      if (error.disposition === 'retry' && (error.retryAfterMs ?? 0) > 0) throw error
    }
  }
  held.compensating = true
  for (const step of toUndo(saga, state)) {
    await step.undo?.(context(step, 'undo'))
    pen.note({ step: step.name, kind: 'undone' })
    await pen.write()
  }
  throw new TielineError('COMPENSATED', `${state.failed.code}: ${state.failed.message}`)
}

async function forward(
  parts: WorkParts,
  saga: AnySaga,
  state: SagaState,
  pen: Pen,
  context: (step: Step, phase: 'do') => never,
  input: unknown,
  message: MessageFacts,
): Promise<void> {
  for (const step of saga.steps) {
    if (state.done.has(step.name)) continue
    if (step.when !== undefined && !step.when({ input, ...state.results } as never)) continue
    overdue(saga, parts.host.clock.now() - message.acceptedAt.getTime())
    if (!state.begun.has(step.name)) pen.note({ step: step.name, kind: 'begun' })
    await pen.write()
    const result = await step.do(context(step, 'do'))
    pen.note({ step: step.name, kind: 'done', result: JSON.stringify(result) ?? 'null' })
  }
  // The last `done` is implied by the settle that follows.
}

function overdue(saga: AnySaga, ageMs: number): void {
  if (saga.deadlineMs === undefined || ageMs <= saga.deadlineMs) return
  const late = Math.round((ageMs - saga.deadlineMs) / 1000)
  throw new TielineError('DEADLINE_PASSED', `saga ${saga.name}: its deadline passed ${late} s ago`)
}

/** Writes the journal in the order of what happened, several entries in one commit where nothing came between. */
interface Pen {
  note(entry: Omit<JournalEntry, 'lease' | 'position'>): void
  /** @throws {TielineError} LEASE_LOST */
  write(): Promise<void>
}

function createPen(store: Store, { lease, journal }: Claimed, state: SagaState): Pen {
  let position = journal.length
  let unwritten: JournalEntry[] = []
  return {
    note: (entry) => {
      apply(state, entry)
      unwritten.push({ lease, position: position++, ...entry })
    },
    write: async () => {
      if (unwritten.length === 0) return
      const entries = unwritten
      unwritten = []
      if ((await store.append(entries)).includes('stale'))
        throw new TielineError('LEASE_LOST', 'the lease was lost before the journal was written')
    },
  }
}

/** What a step hands to the operations that it calls. */
function callContext(
  parts: WorkParts,
  claimed: Claimed,
  held: Held,
  state: SagaState,
  step: Step,
  phase: 'do' | 'undo',
): CallContext {
  const { host, stop, gates } = parts
  const idempotencyKey = stepKey(host.digest, claimed.effect, step.name, phase, state.undone.get(step.name) ?? 0)
  const attempt = claimed.attempt + 1
  return {
    idempotencyKey,
    attempt,
    signal: signalOf(held, stop),
    [PERFORM]: async <I, O>(operation: Operation<I, O>, input: I): Promise<O> => {
      declared(step, operation)
      const { layers } = step.policy ?? operation.spec.connector.policy
      return perform(host, operation, input, {
        held,
        idempotencyKey,
        attempt,
        layers,
        stop,
        admissions: gates,
        tenant: held.tenant,
        seen: gates.seen,
      })
    },
  }
}

function declared(step: Step, operation: Operation<never, unknown>): void {
  if (step.calls === undefined || step.calls.includes(operation)) return
  const { connector, name } = operation.spec
  throw new TielineError(
    'DECLARATION_INVALID',
    `step ${step.name} calls ${connector.name} ${name}, which its \`calls\` do not name`,
  )
}

function signalOf(held: Held, stop: AbortSignal): AbortSignal {
  const controller = new AbortController()
  held.abort = (reason) => controller.abort(reason)
  if (stop.aborted) controller.abort(stop.reason)
  return controller.signal
}
