/** When a webhook that was not acknowledged is sent again. */
export interface RetrySchedule {
  /** Pauses after the first, second … failed attempt. Milliseconds. */
  readonly delaysMs: readonly number[]
  /** After the last pause: give the event up, or go on with the last pause. */
  readonly afterwards: 'give up' | 'go on'
  /** An attempt without an answer for so long has failed. Milliseconds. */
  readonly timeoutMs: number
}

const MINUTE = 60_000
const HOUR = 3_600_000

/**
 * Stripe in live mode: up to three days with growing pauses (docs.stripe.com/webhooks). Stripe promises the three days and no more; that attempts
 * come 5 and 30 minutes, 2, 4, 8, 16 hours and then daily after the first, and wait 30 seconds, is what receivers report.
 */
export const STRIPE_SCHEDULE: RetrySchedule = Object.freeze({
  delaysMs: Object.freeze([
    5 * MINUTE,
    25 * MINUTE,
    90 * MINUTE,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    8 * HOUR,
    24 * HOUR,
    24 * HOUR,
  ]),
  afterwards: 'give up',
  timeoutMs: 30_000,
})

/**
 * The same schedule with its pauses divided: 3 000 makes five minutes a tenth of a second. The timeout stays.
 * @param mostMs no pause is longer; milliseconds
 */
export function fasterBy(
  schedule: RetrySchedule,
  factor: number,
  mostMs: number = Number.POSITIVE_INFINITY,
): RetrySchedule {
  if (!(factor > 0)) throw new RangeError(`factor ${factor}: expected a number above 0`)
  return Object.freeze({ ...schedule, delaysMs: schedule.delaysMs.map((delay) => Math.min(mostMs, delay / factor)) })
}
