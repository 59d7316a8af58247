import { TielineError, toTielineError } from '../../core/error.ts'
import type { Operation } from '../../declare/target/operation.ts'
import type { Clock } from '../../port/clock.ts'
import type { Terms } from '../act.ts'
import { LEASE_MARGIN_MS } from '../held.ts'
import { type Call, type Item, isLost, itemOf, lastMono, mayShare } from './item.ts'
import { Outcomes, type Together, termsOf, together } from './together.ts'

/** Gathers calls of one operation into requests of many inputs. */
export interface Batcher {
  /**
   * Resolves with the call's own outcome.
   * @throws {TielineError} the item's own failure; or the request's, which is then that of all its items; LEASE_LOST, STOPPING
   */
  submit<I, O>(call: Call<I, O>): Promise<O>
  /** Sends what gathers: nothing more is to come, as before a stop. */
  flush(): void
}

export interface BatcherParts {
  readonly clock: Clock
  readonly stop: AbortSignal
  /** One call with its whole policy. */
  readonly perform: <I, O>(operation: Operation<I, O>, input: I, terms: Terms) => Promise<O>
}

/** A request that gathers. */
interface Open {
  readonly first: Call<unknown, unknown>
  readonly group: string | undefined
  readonly dueMono: number
  readonly items: Item[]
  readonly keys: Set<string>
  bytes: number
  readonly sent: AbortController
}

/** How often an open batch looks at its leases. */
const LOOK_MS = LEASE_MARGIN_MS / 2

export function createBatcher({ clock, stop, perform }: BatcherParts): Batcher {
  const open: Open[] = []
  const joined = new WeakMap<Operation<unknown, unknown>, Together>()

  stop.addEventListener('abort', flush) // which tells each that the runtime stops

  function flush(): void {
    for (const batch of [...open]) send(batch)
  }

  function submit(call: Call<unknown, unknown>, settle: Pick<Item, 'resolve' | 'reject'>): void {
    const item = itemOf(call, clock.mono(), settle)
    const batch = placeFor(item)
    batch.items.push(item)
    batch.bytes += item.bytes
    for (const key of item.keys) batch.keys.add(key)
    if (batch.items.length >= countOf(call) || batch.bytes >= call.limits.bytes || stop.aborted) send(batch)
  }

  /** The first open batch that may take the item, else a new one. A second item of a key waits in the next. */
  function placeFor(item: Item): Open {
    const { call } = item
    const group = call.operation.spec.batch?.group?.(call.input)
    for (const batch of open) {
      if (batch.group !== group || !mayShare(batch.first, call)) continue
      if (item.keys.some((key) => batch.keys.has(key))) continue
      if (batch.bytes + item.bytes <= call.limits.bytes) return batch
      send(batch)
      break
    }
    const dueMono = clock.mono() + call.limits.withinMs
    const batch: Open = {
      first: call,
      group,
      dueMono,
      items: [],
      keys: new Set(),
      bytes: 0,
      sent: new AbortController(),
    }
    open.push(batch)
    void wait(batch)
    return batch
  }

  async function wait(batch: Open): Promise<void> {
    const { signal } = batch.sent
    while (!signal.aborted) {
      const left = Math.min(batch.dueMono, ...batch.items.map(lastMono)) - clock.mono()
      if (left <= 0 && batch.items.length > 0) send(batch)
      else await clock.sleep(Math.min(Math.max(left, 0), LOOK_MS), signal)
    }
  }

  function send(batch: Open): void {
    open.splice(open.indexOf(batch), 1)
    batch.sent.abort()
    for (const { call } of batch.items) call.leaves?.()
    void request(batch.items)
  }

  /** Sends those whose work is still ours. Never throws. */
  async function request(items: readonly Item[]): Promise<void> {
    const ready = items.filter(stillOurs)
    const [first, ...rest] = ready
    if (first === undefined) return
    try {
      if (stop.aborted) throw new TielineError('STOPPING', 'the runtime is stopping')
      const inputs = ready.map(({ call }) => ({ input: call.input, idempotencyKey: call.terms.idempotencyKey }))
      const outcomes: unknown = await perform(joint(first.call.operation), inputs, termsOf([first, ...rest]))
      ready.forEach((item, i) => {
        const outcome = outcomes instanceof Outcomes ? outcomes.each[i] : undefined
        if (outcome?.as === 'failed') item.reject(outcome.error)
        else item.resolve(outcome === undefined ? outcomes : outcome.value) // a fallback's value is that of each
      })
    } catch (thrown) {
      await failed(ready, toTielineError(thrown))
    }
  }

  async function failed(items: readonly Item[], error: TielineError): Promise<void> {
    if (error.code === 'LEASE_LOST' && items.some(({ call }) => isLost(call.terms.held, clock.mono()))) {
      await request(items) // without those that it was lost for
    } else if (items.length > 1 && mayBeOne(items, error)) {
      const half = items.length >> 1
      await Promise.all([request(items.slice(0, half)), request(items.slice(half))])
    } else {
      for (const item of items) item.reject(error)
    }
  }

  function stillOurs({ call, reject }: Item): boolean {
    if (!isLost(call.terms.held, clock.mono())) return true
    reject(new TielineError('LEASE_LOST', 'the lease ends before the call could'))
    return false
  }

  function joint(one: Operation<unknown, unknown>): Together {
    const known = joined.get(one) ?? together(one)
    joined.set(one, known)
    return known
  }

  return {
    flush,
    submit: <I, O>(call: Call<I, O>): Promise<O> =>
      new Promise<O>((resolve, reject) =>
        submit(call as unknown as Call<unknown, unknown>, { resolve: resolve as (value: unknown) => void, reject }),
      ),
  }
}

function countOf({ limits, operation }: Call<unknown, unknown>): number {
  return Math.min(limits.count, operation.spec.batch?.max ?? 1)
}

const ABOUT_AN_ITEM: ReadonlySet<string> = new Set(['PROVIDER_REFUSED', 'REQUEST_INVALID', 'HTTP_TOO_LARGE'])

/**
 * A refusal for good may be about one item: halves of the request find it, and the others get through. HubSpot for one refuses a whole
 * batch for the conflict of a single record. Not where a repeat may double what was done before the refusal.
 */
function mayBeOne([item]: readonly Item[], error: TielineError): boolean {
  return ABOUT_AN_ITEM.has(error.code) && item?.call.operation.spec.idempotency.by !== 'none'
}
