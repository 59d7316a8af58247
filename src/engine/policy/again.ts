import { type TielineError, toTielineError } from '../../core/error.ts'
import { pauseBy } from '../../declare/policy/backoff.ts'
import type { RetryLayer } from '../../declare/policy/layer.ts'
import type { OperationSpec } from '../../declare/target/operation.ts'
import type { Admission, Admissions, Retry } from './admission.ts'
import type { Call, Run } from './call.ts'
import { verdictOf } from './verdict.ts'

/**
 * Tries again in process, within its budget. A gate that closes between two tries does not hide that a call was made and failed: else the
 * attempt would not be counted, and what fails each time would never come to an end.
 */
export function again(
  layer: RetryLayer,
  spec: OperationSpec<unknown, unknown>,
  admissions: Admissions,
  next: Run,
): Run {
  const { budget } = layer
  const resource = { connector: spec.connector.name, operation: spec.name, tenant: '' }
  if (budget === undefined) return (call) => tries(layer, undefined, call, next)
  if (budget.each === 'tenant')
    return (call) => tries(layer, admissions.of(budget, { ...resource, tenant: call.terms.tenant }), call, next)
  const admission = admissions.of(budget, resource)
  return (call) => tries(layer, admission, call, next)
}

async function tries(layer: RetryLayer, budget: Admission | undefined, call: Call, next: Run): Promise<unknown> {
  const { clock, random } = call.host
  const { deadline, connectMs, firstByteMs } = call
  let previousMs = 0
  let failure: TielineError | undefined
  if (budget !== undefined) budget.enter(clock.mono(), 0, false)
  for (let attempt = 0; ; attempt++) {
    const began = budget === undefined ? 0 : clock.mono()
    try {
      const value = await next(call)
      if (budget !== undefined) leave(budget, began, clock.mono(), 'ok')
      return value
    } catch (thrown) {
      const now = clock.mono()
      if (budget !== undefined) leave(budget, began, now, verdictOf(thrown))
      const error = toTielineError(thrown)
      if (failure !== undefined && error.code === 'GATE_CLOSED') throw failure
      failure = error
      const asked = error.retryAfterMs ?? 0
      // A longer pause than this layer's belongs to the store.
      if (final(error) || attempt + 1 >= layer.attempts || asked > layer.maxMs || call.signal.aborted) throw error
      previousMs = Math.max(asked, pauseBy(layer, attempt, previousMs, random))
      if (now + previousMs >= deadline) throw error
      const kind: Retry = error.code === 'HTTP_TIMEOUT' ? 'after timeout' : true
      if (budget !== undefined && budget.enter(now, 0, kind) !== 0) throw error
      await clock.sleep(previousMs, call.signal)
      call.retry = kind
    }
    call.deadline = deadline
    call.connectMs = connectMs
    call.firstByteMs = firstByteMs
  }
}

function leave(budget: Admission, began: number, now: number, verdict: 'ok' | 'failed' | 'none'): void {
  budget.leave(now, verdict, now - began)
}

const FINAL: ReadonlySet<string> = new Set(['LEASE_LOST', 'STOPPING', 'GATE_CLOSED'])

/** Another try in this process could not help. */
function final({ code, disposition }: TielineError): boolean {
  return disposition === 'stop' || FINAL.has(code)
}
