import type { OperationSpec } from '../../declare/target/operation.ts'
import type { Host } from '../../port/host.ts'
import type { Terms } from '../act.ts'
import type { Limits } from '../exchange.ts'
import type { Retry } from './admission.ts'

/** One call on its way through the layers, which write down what they leave to those inside. */
export interface Call extends Limits {
  readonly host: Host
  readonly spec: OperationSpec<unknown, unknown>
  readonly input: unknown
  readonly terms: Terms
  readonly signal: AbortSignal
  deadline: number
  connectMs: number | undefined
  firstByteMs: number | undefined
  /** Whether a retry layer has tried before. */
  retry: Retry
}

/** The layers from one on inward, to the exchange. */
export type Run = (call: Call) => Promise<unknown>

export function callOf<I, O>(host: Host, spec: OperationSpec<I, O>, input: I, terms: Terms): Call {
  return {
    host,
    spec: spec as unknown as OperationSpec<unknown, unknown>,
    input,
    terms,
    signal: terms.stop,
    deadline: terms.held.deadlineMono,
    connectMs: undefined,
    firstByteMs: undefined,
    retry: false,
  }
}
