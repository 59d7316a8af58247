import type { Quota } from '../../../declare/target/operation.ts'

const DAY_MS = 86_400_000
/** Above this there is nothing to be careful about: most organizations never come near. */
const CAREFUL_SHARE = 0.05
/** Evenly used, a hundredth of the requests of 24 hours is 24 hours old, and comes back, every 14.4 minutes. */
const STEPS = 100

const USAGE = /(?:^|[;\s])api-usage=(\d{1,12})\/(\d{1,12})(?:;|$)/

/**
 * What `Sforce-Limit-Info: api-usage=18/5000` leaves. The limit counts the preceding 24 hours: it has no reset, so a quota is told only
 * once less than a twentieth is left, and then as so many calls for the time in which a hundredth comes back. Undefined otherwise.
 * Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm; the window:
 * https://help.salesforce.com/s/articleView?id=xcloud.setup_system_overview_api.htm.
 */
export function salesforceQuota(headers: Readonly<Record<string, string>>): Quota | undefined {
  const [, used, limit] = USAGE.exec(headers['sforce-limit-info'] ?? '') ?? []
  if (used === undefined || limit === undefined) return undefined
  const remaining = Math.max(0, Number(limit) - Number(used))
  return remaining >= Number(limit) * CAREFUL_SHARE ? undefined : { remaining, resetMs: DAY_MS / STEPS }
}
