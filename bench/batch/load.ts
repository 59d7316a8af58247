/** What the CRM takes for a request, of one deal or of a hundred. */
export const REQUEST_MS = 30
/** HubSpot's 100 requests in 10 s, ten times as fast, so that a run ends in time. */
export const PER_SECOND = 100
export const BATCH = 100

export interface Deal {
  readonly id: string
  readonly amount: string
}
