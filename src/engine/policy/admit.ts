import { TielineError } from '../../core/error.ts'
import type { GateLayer } from '../../declare/policy/layer.ts'
import type { OperationSpec } from '../../declare/target/operation.ts'
import { noTime } from '../exchange.ts'
import { LEASE_MARGIN_MS } from '../held.ts'
import type { Admission, Admissions } from './admission.ts'
import type { Call, Run } from './call.ts'
import { verdictOf } from './verdict.ts'

/** A call waits for its place in this process up to here; longer waits belong to the store. Milliseconds. */
const PATIENCE_MS = 2_000
/** A place is good for so long: of a limit by the second, what comes this late is 2.5 % of it at most. Milliseconds. */
const LATE_MS = 25
/** Where a gate is full: how long a call waits for a place in this process, and how often it looks. Milliseconds. */
const FULL_MS = 1_000
const LOOK_MS = 25
/** Where a gate cannot say when it opens. Milliseconds. */
const ASK_AGAIN_MS = 2_000

/** Gates that stand next to each other, outermost first, as one step: entered in order, all left with the same verdict. */
export function admitting(
  layers: readonly GateLayer[],
  spec: OperationSpec<unknown, unknown>,
  admissions: Admissions,
  next: Run,
): Run {
  const resource = { connector: spec.connector.name, operation: spec.name, tenant: '' }
  const gatesFor = (tenant: string): readonly Admission[] =>
    layers.map((layer) => admissions.of(layer, layer.each === 'tenant' ? { ...resource, tenant } : resource))
  if (layers.some((layer) => layer.each === 'tenant'))
    return (call) => admitted(gatesFor(call.terms.tenant), call, next)
  const gates = gatesFor('')
  return (call) => admitted(gates, call, next)
}

/** One gate around the rest. */
export function passing(gate: Admission, next: Run): Run {
  const gates = [gate]
  return (call) => admitted(gates, call, next)
}

async function admitted(gates: readonly Admission[], call: Call, next: Run): Promise<unknown> {
  const { clock } = call.host
  let now = clock.mono()
  if (call.deadline <= now) throw noTime(call.spec) // says nothing of the provider
  for (let i = 0; i < gates.length; i++) {
    const gate = gates[i] as Admission
    const patienceMs = patience(call, now)
    let waitMs = gate.enter(now, patienceMs, call.retry)
    // Full: somebody may leave at any moment.
    for (let until = now + Math.min(patienceMs, FULL_MS); waitMs === Number.POSITIVE_INFINITY && now < until; ) {
      await clock.sleep(LOOK_MS, call.signal)
      if (call.signal.aborted) break
      now = clock.mono()
      waitMs = gate.enter(now, patienceMs, call.retry)
    }
    if (waitMs === 0) continue
    if (waitMs > patienceMs) {
      giveBack(gates, i, now)
      throw closed(gate, waitMs)
    }
    const dueMono = now + waitMs
    await clock.sleep(Math.ceil(waitMs), call.signal)
    now = clock.mono()
    if (call.signal.aborted) {
      giveBack(gates, i + 1, now)
      throw given(call.signal)
    }
    if (now - dueMono <= LATE_MS) continue
    // Its place is gone: a process that stood still must not make at once all the calls that fell due meanwhile.
    gate.leave(now, 'none', 0)
    i--
  }
  try {
    const value = await next(call)
    const end = clock.mono()
    for (let i = gates.length - 1; i >= 0; i--) (gates[i] as Admission).leave(end, 'ok', end - now)
    return value
  } catch (thrown) {
    const end = clock.mono()
    const verdict = verdictOf(thrown)
    for (let i = gates.length - 1; i >= 0; i--) (gates[i] as Admission).leave(end, verdict, end - now)
    throw thrown
  }
}

function patience({ deadline, terms }: Call, now: number): number {
  return Math.max(0, Math.min(PATIENCE_MS, deadline - now, terms.held.untilMono - LEASE_MARGIN_MS - now))
}

/** The first `count` gates were entered, and the call was not made. */
function giveBack(gates: readonly Admission[], count: number, now: number): void {
  for (let i = count - 1; i >= 0; i--) (gates[i] as Admission).leave(now, 'none', 0)
}

function closed({ name }: Admission, waitMs: number): TielineError {
  const known = Number.isFinite(waitMs)
  const retryAfterMs = known ? Math.ceil(waitMs) : ASK_AGAIN_MS
  return new TielineError('GATE_CLOSED', `${name}: ${known ? `closed for ${retryAfterMs} ms` : 'full'}`, {
    retryAfterMs,
  })
}

/** The reason of ours why a call was given up. */
export function given(signal: AbortSignal): TielineError {
  return signal.reason instanceof TielineError
    ? signal.reason
    : new TielineError('STOPPING', 'the call was given up', { cause: signal.reason })
}
