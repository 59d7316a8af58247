import { count, least, quota } from '../../../declare/fault/quota.ts'
import type { Quota } from '../../../declare/target/operation.ts'

/** The day ends at midnight of the account, wherever that is. */
const HOUR_MS = 3_600_000

/**
 * Calls left in the rolling interval, and in the day where the app is private. The second counts only where no interval is told: HubSpot
 * still sends it, and calls it deprecated. Source: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
 */
export function hubspotQuota(headers: Readonly<Record<string, string>>): Quota | undefined {
  const header = (name: string): number | undefined => count(headers[`x-hubspot-ratelimit-${name}`])
  const interval = quota(header('remaining'), header('interval-milliseconds'))
  return least([interval ?? quota(header('secondly-remaining'), 1_000), quota(header('daily-remaining'), HOUR_MS)])
}
