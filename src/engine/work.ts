import { TielineError, toTielineError } from '../core/error.ts'
import { type Fault, faultOf } from '../core/fault.ts'
import type { Flow } from '../declare/flow/flow.ts'
import { Skipped } from '../declare/mapping/skipped.ts'
import { pauseMs } from '../declare/policy/durable-retry.ts'
import type { MessageFacts } from '../declare/target/target.ts'
import type { Host } from '../port/host.ts'
import type { Claimed, Outcome, Store } from '../port/store.ts'
import { perform, type Terms } from './act.ts'
import type { Batcher } from './batch/batcher.ts'
import { decodeBody } from './body.ts'
import type { Gates } from './gates/gates.ts'
import type { Held } from './held.ts'
import { inputOf } from './routing.ts'
import { runSaga } from './saga-run.ts'
import { mapFor } from './tenant.ts'
import type { Warm } from './warm.ts'

export interface WorkParts {
  readonly host: Host
  readonly store: Store
  readonly warm: Warm
  readonly stop: AbortSignal
  readonly gates: Gates
  readonly batcher: Batcher
}

/** So many processes may die over one message before it is taken out of the way. */
const CRASHES = 3

/** One piece of work, from its stored bytes to its outcome. Undefined: the lease is lost, somebody else decides. Never throws. */
export async function work(parts: WorkParts, flow: Flow, claimed: Claimed, held: Held): Promise<Outcome | undefined> {
  const { lease } = claimed
  try {
    if (claimed.crashes >= CRASHES)
      throw new TielineError('CRASHED_REPEATEDLY', `the process died ${claimed.crashes} times while this message ran`)
    // What has begun is brought to its end.
    if (flow.latestMs !== undefined && claimed.more && claimed.journal.length === 0)
      return { lease, as: 'skip', why: 'newer messages of its key came while it waited' }
    const value = canonical(parts.warm, flow, claimed)
    if (value instanceof Skipped) return { lease, as: 'skip', why: value.why }
    await act(parts, flow, claimed, held, value)
    return { lease, as: 'done' }
  } catch (thrown) {
    return outcomeOf(parts.host, flow, claimed, held, toTielineError(thrown))
  }
}

/** Decoded, picked, mapped, checked. Pure, so that it can be computed again at any time. */
export function canonical(warm: Warm, flow: Flow, { message, replays, tenant = '' }: Claimed): unknown {
  // An operator may have edited the body.
  const data =
    (replays === 0 ? warm.get(message.source, message.id) : undefined) ??
    decodeBody(message.body, message.attributes['datacontenttype'])
  const input = inputOf(flow, message.source, message.type)
  if (input === undefined) {
    throw new TielineError('FLOW_UNKNOWN', `flow ${flow.name} no longer takes ${message.type} from ${message.source}`)
  }
  const body = input.from.body(data)
  if (input.map === undefined || flow.into === undefined) return body
  const mapped = mapFor(input.map, body, tenant)
  if (mapped instanceof Skipped) return mapped
  const checked = flow.into.check(mapped)
  if (checked.ok) return checked.value
  const issue = checked.issues[0]
  throw new TielineError(
    'CONTRACT_BROKEN',
    `mapping ${input.map.name} makes no ${flow.into.name}: ${issue?.path ?? ''} ${issue?.message ?? ''}`,
  )
}

function act(parts: WorkParts, flow: Flow, claimed: Claimed, held: Held, value: unknown): Promise<unknown> {
  const facts = factsOf(claimed)
  if (flow.to.kind === 'saga') {
    arrived(parts, flow, held)
    return runSaga(parts, flow, flow.to, claimed, held, value, facts)
  }
  const { call, policy } = flow.to
  const terms: Terms = {
    held,
    idempotencyKey: claimed.effect,
    attempt: claimed.attempt + 1,
    layers: (policy ?? call.spec.connector.policy).layers,
    stop: parts.stop,
    admissions: parts.gates,
    tenant: held.tenant,
    seen: parts.gates.seen,
  }
  const input = flow.to.with(value, facts)
  if (flow.batch !== undefined && call.spec.batch !== undefined)
    return parts.batcher.submit({
      limits: flow.batch,
      operation: call,
      input,
      terms,
      leaves: () => arrived(parts, flow, held),
    })
  arrived(parts, flow, held)
  return perform(parts.host, call, input, terms)
}

/** Once: work that did not come back in time may still come to its gates. */
export function arrived({ gates }: Pick<WorkParts, 'gates'>, flow: Flow, held: Held): void {
  if (!held.coming) return
  held.coming = false
  gates.arrived(flow)
}

function factsOf({ message, key }: Claimed): MessageFacts {
  return {
    source: message.source,
    id: message.attributes['id'] ?? message.id,
    type: message.type,
    key,
    attributes: message.attributes,
    acceptedAt: new Date(message.acceptedAtMs),
  }
}

/** What a failure leads to: again later, or a dead letter. Pure but for the jitter. */
function outcomeOf(host: Host, flow: Flow, claimed: Claimed, held: Held, error: TielineError): Outcome | undefined {
  const { lease, attempt } = claimed
  if (error.code === 'LEASE_LOST') return undefined
  if (error.code === 'STOPPING') return { lease, as: 'wait', afterMs: 0, why: 'the runtime was stopping' }
  if (error.code === 'GATE_CLOSED') return { lease, as: 'wait', afterMs: error.retryAfterMs ?? 0, why: error.message }
  const fault = faultOf(error)
  if (error.disposition === 'stop') return dead(flow, claimed, fault)
  if (attempt + 1 >= flow.retry.attempts * (held.compensating ? 2 : 1)) {
    return dead(flow, claimed, {
      ...fault,
      message: `after ${attempt + 1} attempts: ${fault.message}`,
      retryable: false,
    })
  }
  return { lease, as: 'retry', afterMs: pauseMs(flow.retry, attempt, error.retryAfterMs, host.random), fault }
}

function dead(flow: Flow, { lease }: Claimed, fault: Fault): Outcome {
  return { lease, as: 'dead', fault, lane: flow.onDead === 'hold key' ? 'hold' : 'release' }
}
