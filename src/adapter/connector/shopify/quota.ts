import { quota } from '../../../declare/fault/quota.ts'
import type { Quota } from '../../../declare/target/operation.ts'

/** A bucket of any plan is empty again after 20 s: 40 calls and 2 a second, 80 and 4, 400 and 20. */
const EMPTY_MS = 20_000

/**
 * `X-Shopify-Shop-Api-Call-Limit: 32/40`: 32 calls are in a bucket of 40, which leaks all the time. The reset is when it has room for one
 * more. Source: https://shopify.dev/docs/api/admin-rest/usage/rate-limits.
 */
export function shopifyQuota(headers: Readonly<Record<string, string>>): Quota | undefined {
  const found = /^\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*$/.exec(headers['x-shopify-shop-api-call-limit'] ?? '')
  const [, used, size] = (found ?? []).map(Number)
  if (used === undefined || size === undefined || size === 0) return undefined
  return quota(Math.max(0, size - used), EMPTY_MS / size)
}
