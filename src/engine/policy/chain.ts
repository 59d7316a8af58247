import { toTielineError } from '../../core/error.ts'
import {
  type FallbackLayer,
  type GateLayer,
  isGate,
  type Layer,
  type TimeoutLayer,
} from '../../declare/policy/layer.ts'
import type { OperationSpec } from '../../declare/target/operation.ts'
import { exchange } from '../exchange.ts'
import type { Admissions } from './admission.ts'
import { admitting, passing } from './admit.ts'
import { again } from './again.ts'
import type { Run } from './call.ts'
import { hedged } from './hedged.ts'

interface Compiled {
  readonly admissions: Admissions
  readonly run: Run
}

const compiled = new WeakMap<readonly Layer[], WeakMap<OperationSpec<never, unknown>, Compiled>>()

/**
 * The layers around the exchange of one operation, nested once and kept.
 * @throws {TielineError} DECLARATION_INVALID when a layer does not suit the operation
 */
export function chainOf(spec: OperationSpec<never, unknown>, layers: readonly Layer[], admissions: Admissions): Run {
  let chains = compiled.get(layers)
  const known = chains?.get(spec)
  if (known !== undefined && known.admissions === admissions) return known.run
  const account = admissions.account({ connector: spec.connector.name, operation: spec.name, tenant: '' })
  const inside = account === undefined ? innermost : passing(account, innermost)
  const run = compile(spec as OperationSpec<unknown, unknown>, layers, admissions, inside)
  if (chains === undefined) {
    chains = new WeakMap()
    compiled.set(layers, chains)
  }
  chains.set(spec, { admissions, run })
  return run
}

const innermost: Run = (call) => exchange(call.host, call.spec, call.input, call.terms, call)

/** Nests the layers, the first outermost, around `inside`. Gates that follow each other become one step. */
export function compile(
  spec: OperationSpec<unknown, unknown>,
  layers: readonly Layer[],
  admissions: Admissions,
  inside: Run,
): Run {
  let run = inside
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i] as Layer
    if (isGate(layer)) {
      const gates: GateLayer[] = [layer]
      for (let before = layers[i - 1]; before !== undefined && isGate(before); before = layers[--i - 1])
        gates.unshift(before)
      run = admitting(gates, spec, admissions, run)
    } else run = around(layer, spec, admissions, run)
  }
  return run
}

function around(
  layer: Exclude<Layer, GateLayer>,
  spec: OperationSpec<unknown, unknown>,
  admissions: Admissions,
  next: Run,
): Run {
  switch (layer.kind) {
    case 'timeout':
      return ending(layer, next)
    case 'retry':
      return again(layer, spec, admissions, next)
    case 'hedge':
      return hedged(layer, spec, next)
    case 'fallback':
      return standingIn(layer, next)
  }
}

/** The exchange keeps the time: the layer only says until when. */
function ending({ ms, connectMs, firstByteMs }: TimeoutLayer, next: Run): Run {
  return (call) => {
    const end = call.host.clock.mono() + ms
    if (end < call.deadline) call.deadline = end
    if (connectMs !== undefined) call.connectMs = connectMs
    if (firstByteMs !== undefined) call.firstByteMs = firstByteMs
    return next(call)
  }
}

/** Another process decides, or this one stops: no value may stand in for that. */
const OURS: ReadonlySet<string> = new Set(['LEASE_LOST', 'STOPPING'])

function standingIn({ value }: FallbackLayer, next: Run): Run {
  return async (call) => {
    try {
      return await next(call)
    } catch (thrown) {
      const error = toTielineError(thrown)
      if (error.disposition === 'stop' || OURS.has(error.code)) throw error
      return value
    }
  }
}
