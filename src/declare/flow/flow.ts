import { type Duration, milliseconds } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { checkName } from '../../core/name.ts'
import type { Contract } from '../contract/contract.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { type DurableRetry, durableRetry, type RetrySpec } from '../policy/durable-retry.ts'
import type { Saga } from '../saga/saga.ts'
import type { Source } from '../source/source.ts'
import type { MessageFacts, Target } from '../target/target.ts'

// biome-ignore lint/suspicious/noExplicitAny: the results of a saga's steps do not matter to the flow
export type To<M> = Target<M> | Saga<M, any>

export interface Slo {
  /** Share of accepted messages that are delivered. */
  readonly success?: number
  readonly latency?: { readonly under: Duration; readonly objective: number }
}

interface Common {
  /** Former name, so that work stored under it is still done. */
  readonly was?: string
  /** `by key`: messages of one key one after the other. `none`: each for itself. Default `by key`. */
  readonly order?: 'by key' | 'none'
  /** The durable retry: the message waits in the store, not in memory. */
  readonly retry?: RetrySpec
  /** After a dead letter: `hold key` keeps the order until an operator replays or discards it, `release key` goes on. Default `hold key`. */
  readonly onDead?: 'hold key' | 'release key'
  /** Messages of this flow at work at the same time in one process. Default 64. */
  readonly concurrency?: number
  /** Longest time that one attempt may take. Default `'60s'`. */
  readonly deadline?: Duration
  /** Under pressure `critical` goes first and `bulk` is shed first. Default `normal`. */
  readonly priority?: Priority
  /** Whose message it is: tenants take turns. Default: the attribute `tenant` of the message. */
  readonly tenant?: (message: Omit<MessageFacts, 'key' | 'acceptedAt'>) => string
  /** Turns of a tenant for one of another: `{ acme: 3 }`. Default 1 each. */
  readonly weights?: Readonly<Record<string, number>>
  /** Of messages of one key that wait only the newest counts; the others are skipped, with a record. `within`: each waits so long for newer ones. Default `'0s'`. */
  readonly latest?: { readonly within?: Duration }
  /** Messages that wait for the same operation go in one request, where the operation can. */
  readonly batch?: BatchSpec
  readonly slo?: Slo
}

/** Most urgent first. */
export const PRIORITIES = ['critical', 'normal', 'bulk'] as const
export type Priority = (typeof PRIORITIES)[number]

/** A request goes when it has so many items or bytes, or when its first item has waited so long. */
export interface BatchSpec {
  /** Default: what the operation takes at most. */
  readonly count?: number
  /** Bytes of the items' JSON together. Default 1 MiB. */
  readonly bytes?: number
  /** Default `'50ms'`. */
  readonly within?: Duration
}

export interface Batch {
  readonly count: number
  readonly bytes: number
  readonly withinMs: number
}

export interface MappedFlowSpec<E, M> extends Common {
  readonly from: Source<E>
  /** The canonical contract that the mapping makes; checked after mapping. */
  readonly into: Contract<M>
  readonly map: Mapping<E, NoInfer<M>>
  readonly to: To<NoInfer<M>>
}

export interface PlainFlowSpec<E> extends Common {
  readonly from: Source<E>
  readonly into?: never
  readonly map?: never
  /** Ordering key of an event. Default: the key that it was published with in an outbox, else the message id. */
  readonly key?: (event: NoInfer<E>, message: Omit<MessageFacts, 'key' | 'acceptedAt'>) => string
  readonly to: To<NoInfer<E>>
}

export interface NormalizerSpec<M> extends Common {
  readonly into: Contract<M>
  // biome-ignore lint/suspicious/noExplicitAny: each mapping has a source of its own, which it has checked itself
  readonly map: readonly Mapping<any, NoInfer<M>>[]
  readonly to: To<NoInfer<M>>
}

/** One signature and no overloads, so that a mistake is reported at its own line. */
export type FlowSpec<E, M> = MappedFlowSpec<E, M> | PlainFlowSpec<E>

/** One kind of event that a flow takes, and how it becomes the flow's canonical value. */
export interface Input {
  readonly from: Source<unknown>
  readonly map: Mapping<unknown, unknown> | undefined
}

/** One declared way from a source to a target. */
export interface Flow {
  readonly kind: 'flow'
  readonly name: string
  readonly was: string | undefined
  /** At least one. Which one a message came by is told by its source and type. */
  readonly inputs: readonly Input[]
  readonly into: Contract<unknown> | undefined
  readonly key: ((event: unknown, message: Omit<MessageFacts, 'key' | 'acceptedAt'>) => string) | undefined
  readonly to: To<unknown>
  readonly order: 'by key' | 'none'
  readonly retry: DurableRetry
  readonly onDead: 'hold key' | 'release key'
  readonly concurrency: number
  readonly deadlineMs: number
  readonly priority: Priority
  readonly tenant: ((message: Omit<MessageFacts, 'key' | 'acceptedAt'>) => string) | undefined
  readonly weights: Readonly<Record<string, number>> | undefined
  /** Milliseconds that a message waits for newer ones of its key; undefined: every message counts. */
  readonly latestMs: number | undefined
  readonly batch: Batch | undefined
  readonly slo: Slo | undefined
}

const CONCURRENCY = 64 // in an early experiment 16 and 256 delivered 0.84 and 0.85 of what 64 did

/**
 * Declares a flow. With `into` and `map` the event is mapped to the canonical model and its key is the contract's; without them the
 * target takes the event as it is.
 */
export function flow<E, M = E>(name: string, spec: FlowSpec<E, M>): Flow {
  const input: Input = { from: spec.from, map: spec.map as Input['map'] }
  return declare(name, spec, [input], spec.into, 'key' in spec ? spec.key : undefined)
}

/**
 * Declares a flow of several kinds of event that mean changes of one thing: each has its own mapping into the one contract, and together
 * they keep the thing's order. The Normalizer of the Enterprise Integration Patterns.
 */
export function normalizer<M>(name: string, spec: NormalizerSpec<M>): Flow {
  const inputs = spec.map.map((map): Input => ({ from: map.from, map }))
  const kinds = new Set(inputs.map(({ from }) => `${from.endpoint.name} ${from.type}`))
  if (inputs.length === 0 || kinds.size < inputs.length) {
    throw new TielineError(
      'DECLARATION_INVALID',
      `flow ${name}: give one mapping for each kind of event, and at least one`,
    )
  }
  return declare(name, spec, inputs, spec.into, undefined)
}

function declare(
  name: string,
  spec: Common & { readonly to: unknown },
  inputs: readonly Input[],
  into: unknown,
  key: unknown,
): Flow {
  const { concurrency = CONCURRENCY, deadline = '60s', order = 'by key' } = spec
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 4_096) {
    throw new TielineError(
      'DECLARATION_INVALID',
      `flow ${name}: concurrency ${concurrency}: use a whole number from 1 to 4096`,
    )
  }
  return Object.freeze({
    kind: 'flow',
    name: checkName('flow', name),
    was: spec.was,
    inputs: Object.freeze(inputs.map((input) => Object.freeze(input))),
    into,
    key,
    to: spec.to,
    order,
    retry: durableRetry(spec.retry),
    onDead: spec.onDead ?? (order === 'by key' ? 'hold key' : 'release key'),
    concurrency,
    deadlineMs: milliseconds(deadline),
    priority: spec.priority ?? 'normal',
    tenant: spec.tenant,
    weights: deepFreeze(spec.weights),
    latestMs: spec.latest === undefined ? undefined : milliseconds(spec.latest.within ?? '0s'),
    batch: batchOf(name, spec.batch),
    slo: deepFreeze(spec.slo),
  }) as Flow
}

const BATCH = Object.freeze({ count: Number.POSITIVE_INFINITY, bytes: 1_048_576, within: '50ms' as const })

function batchOf(flow: string, spec: BatchSpec | undefined): Batch | undefined {
  if (spec === undefined) return undefined
  const { count = BATCH.count, bytes = BATCH.bytes, within = BATCH.within } = spec
  if (!(count >= 1) || !(bytes >= 1))
    throw new TielineError('DECLARATION_INVALID', `flow ${flow}: batch: count and bytes are at least 1`)
  return Object.freeze({ count, bytes, withinMs: milliseconds(within) })
}
