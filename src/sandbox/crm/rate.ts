export interface CrmRate {
  /** Requests in one interval. */
  readonly max: number
  readonly intervalMs: number
  /** Requests in a day. */
  readonly daily: number
}

/** A private app of a Professional account. Source: developers.hubspot.com/docs/api/usage-details. */
export const HUBSPOT_RATE: CrmRate = Object.freeze({ max: 190, intervalMs: 10_000, daily: 650_000 })

/** Wide enough never to limit a demonstration. */
export const SANDBOX_RATE: CrmRate = Object.freeze({ max: 1_000_000, intervalMs: 10_000, daily: 1_000_000_000 })

export interface RateCount {
  /** Counts one request. */
  take(nowMs: number): { readonly over: boolean; readonly headers: Readonly<Record<string, string>> }
}

export function rateCount(rate: CrmRate): RateCount {
  let interval = { from: Number.NEGATIVE_INFINITY, used: 0 }
  let day = { from: Number.NEGATIVE_INFINITY, used: 0 }
  return {
    take: (nowMs) => {
      if (nowMs - interval.from >= rate.intervalMs) interval = { from: nowMs, used: 0 }
      if (nowMs - day.from >= 86_400_000) day = { from: nowMs, used: 0 }
      const over = interval.used >= rate.max || day.used >= rate.daily
      if (!over) {
        interval.used += 1
        day.used += 1
      }
      return {
        over,
        headers: {
          'x-hubspot-ratelimit-daily': String(rate.daily),
          'x-hubspot-ratelimit-daily-remaining': String(rate.daily - day.used),
          'x-hubspot-ratelimit-interval-milliseconds': String(rate.intervalMs),
          'x-hubspot-ratelimit-max': String(rate.max),
          'x-hubspot-ratelimit-remaining': String(rate.max - interval.used),
        },
      }
    },
  }
}
