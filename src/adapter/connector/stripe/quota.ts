import { quota } from '../../../declare/fault/quota.ts'
import type { Quota } from '../../../declare/target/operation.ts'

/**
 * Stripe tells nothing until a limit is met, and then which: only `global-rate` is about all calls of the account, counted by the
 * second. Limits of one endpoint, of calls at the same time and of an object are answered by the retry of the call itself.
 * Source: https://docs.stripe.com/rate-limits.
 */
export function stripeQuota(headers: Readonly<Record<string, string>>): Quota | undefined {
  return headers['stripe-rate-limited-reason'] === 'global-rate' ? quota(0, 1_000) : undefined
}
