import { TielineError } from '../../core/error.ts'
import type { HedgeLayer } from '../../declare/policy/layer.ts'
import type { OperationSpec } from '../../declare/target/operation.ts'
import { given } from './admit.ts'
import type { Call, Run } from './call.ts'
import { createRecent } from './recent.ts'

/**
 * Calls again where an answer takes long. The first good answer wins, the others are given up; when all have failed, the last failure counts.
 * @throws {TielineError} DECLARATION_INVALID for an operation that does more than read
 */
export function hedged(
  layer: HedgeLayer,
  { connector, name, idempotency }: OperationSpec<unknown, unknown>,
  next: Run,
): Run {
  if (idempotency.by !== 'read')
    throw new TielineError(
      'DECLARATION_INVALID',
      `policy of ${connector.name} ${name}: hedge is for operations that only read (idempotency by 'read'), this one is by '${idempotency.by}'; give it a policy without hedge`,
    )
  if (layer.afterMs !== undefined) return (call) => race(layer.max, layer.afterMs, call, next)
  const recent = createRecent()
  return async (call) => {
    const { clock } = call.host
    const began = clock.mono()
    const value = await race(layer.max, recent.p95(), call, next)
    // Of the whole race: the time of the winner alone would make what is usual ever shorter.
    recent.add(clock.mono() - began)
    return value
  }
}

async function race(max: number, afterMs: number | undefined, call: Call, run: Run): Promise<unknown> {
  if (afterMs === undefined) return run(call)
  const { signal } = call
  if (signal.aborted) throw given(signal)
  const { clock } = call.host
  const over = new AbortController() // ends the calls that lost, and the pauses
  const stop = (): void => over.abort(given(signal))
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise((resolve, reject) => {
      let running = 0
      let begun = 0
      const begin = (): void => {
        begun++
        running++
        run({ ...call, signal: over.signal }).then(resolve, (thrown: unknown) => {
          if (--running === 0) reject(thrown)
        })
        if (begun > max) return
        void clock.sleep(afterMs, over.signal).then(() => {
          if (running > 0 && !over.signal.aborted) begin()
        })
      }
      begin()
    })
  } finally {
    signal.removeEventListener('abort', stop)
    over.abort(LOST)
  }
}

const LOST = new TielineError('STOPPING', 'another call was faster')
