import { TielineError } from '../../core/error.ts'
import { type BatchItem, type ItemOutcome, type Operation, operation } from '../../declare/target/operation.ts'
import type { Terms } from '../act.ts'
import type { Item } from './item.ts'

/** An operation whose input is the items of one request: it goes through the same policy, gates and credential as any other. */
export type Together = Operation<readonly BatchItem<unknown>[], Outcomes>

/** One for each item, in their order. A class, so that it cannot be taken for the value of a `fallbackTo`. */
export class Outcomes {
  readonly each: readonly ItemOutcome<unknown>[]

  /** @throws {TielineError} PROVIDER_ANSWER when the connector has another number of them */
  constructor(each: readonly ItemOutcome<unknown>[], items: number) {
    if (each.length !== items)
      throw new TielineError('PROVIDER_ANSWER', `${each.length} outcomes for ${items} items of a batch`)
    this.each = each
  }
}

/** @throws {TielineError} REQUEST_INVALID when the operation has no halves for many inputs */
export function together({ spec }: Operation<unknown, unknown>): Together {
  const { batch, ...single } = spec
  if (batch === undefined)
    throw new TielineError('REQUEST_INVALID', `${spec.connector.name} ${spec.name} takes one input at a time`)
  const { request } = batch
  return operation({
    ...single,
    request,
    response: (response, items) => new Outcomes(batch.response(response, items), items.length),
  })
}

/** One request is made under the terms of its first item, and may last as long as the shortest lease and time among all. */
export function termsOf(items: readonly [Item, ...Item[]]): Terms {
  const { terms } = items[0].call
  const helds = items.map(({ call }) => call.terms.held)
  const held = {
    ...terms.held,
    deadlineMono: Math.min(...helds.map(({ deadlineMono }) => deadlineMono)),
    get untilMono(): number {
      return Math.min(...helds.map(({ untilMono }) => untilMono))
    },
    get over(): boolean {
      return helds.some(({ over }) => over)
    },
  }
  return { ...terms, held }
}
