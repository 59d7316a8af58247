import type { Duration } from '../../core/duration.ts'
import { deepFreeze } from '../../core/freeze.ts'
import { eachOf, invalid, share, span, whole } from './bound.ts'
import type { BudgetLayer, Each } from './layer.ts'

export interface RetryBudgetOptions {
  /** Retries for each call. Default 0.2. */
  readonly ratio?: number
  /** Retries a second that are allowed whatever the number of calls, so that little traffic may retry too. Default 10. */
  readonly minPerSecond?: number
  /** A call counts for so long. Default `'10s'`. */
  readonly within?: Duration
  /** Default `'connector'`. */
  readonly each?: Each
}

export interface AwsRetryBudgetOptions {
  /** Default 500. */
  readonly tokens?: number
  /** Default `'connector'`. */
  readonly each?: Each
}

/**
 * What in-process retries may add to the load, for `retry({ budget })`. Without one, three attempts of everybody are three times the
 * load at the worst moment.
 * `retryBudget()` allows 20 % of the calls and 10 a second. Source: Finagle, `RetryBudget` (ttl 10 s, percentCanRetry 0.2, minRetriesPerSec 10).
 * `retryBudget.aws()` has 500 tokens: a retry takes 5, one after a timeout 10, a good answer gives 1 back. Source: AWS SDK, standard retry mode.
 * @throws {TielineError} DECLARATION_INVALID
 */
export const retryBudget: {
  (options?: RetryBudgetOptions): BudgetLayer
  aws(options?: AwsRetryBudgetOptions): BudgetLayer
} = Object.freeze(
  Object.assign(
    ({ ratio = 0.2, minPerSecond = 10, within = '10s', each }: RetryBudgetOptions = {}): BudgetLayer => {
      if (!(minPerSecond >= 0 && minPerSecond <= 1_000))
        throw invalid('retryBudget minPerSecond', minPerSecond, 'a number from 0 to 1000')
      return deepFreeze({
        kind: 'retry budget',
        by: 'ratio',
        each: eachOf('retryBudget', each),
        ratio: share('retryBudget ratio', ratio),
        minPerSecond,
        withinMs: span('retryBudget within', within),
      })
    },
    {
      aws: ({ tokens = 500, each }: AwsRetryBudgetOptions = {}): BudgetLayer =>
        deepFreeze({
          kind: 'retry budget',
          by: 'tokens',
          each: eachOf('retryBudget.aws', each),
          tokens: whole('retryBudget.aws tokens', tokens, 10, 1_000_000),
          retryCost: 5,
          timeoutCost: 10,
          refund: 1,
        }),
    },
  ),
)
