/** What the gateway bounds for all its senders together. Sizes in bytes, times in milliseconds. */
export interface GatewayLimits {
  /** Open connections; more are closed at once. */
  readonly connections: number
  /** All headers of a request together; more is answered 431. */
  readonly headerBytes: number
  /** Header lines of a request; more is answered 431. */
  readonly headers: number
  /** From the connection or the end of the last request to the end of the headers; then 408. */
  readonly headersMs: number
  /** The same to the end of the body; then 408. */
  readonly requestMs: number
  /** An idle connection is kept so long. */
  readonly keepAliveMs: number
  /** How often slow requests are looked for. */
  readonly checkMs: number
  /** Bodies in memory, arriving or being stored. At an eighth `bulk` is shed, at all of it new requests, and those that go on arriving, are answered 503. */
  readonly heldBytes: number
  /** Events in one request; more is answered 413. */
  readonly events: number
}

export const GATEWAY_LIMITS: GatewayLimits = Object.freeze({
  connections: 4_096, // a quarter of the usual limit of 16,384 open files, about 20 KB each
  headerBytes: 16_384, // node's own default; Stripe sends 500
  headers: 100, // nobody sends 40
  headersMs: 10_000,
  requestMs: 30_000, // senders wait 5 to 30 seconds for their answer
  keepAliveMs: 65_000, // longer than the 60 s of the usual proxies, so that they close and not we
  checkMs: 1_000,
  heldBytes: 256 * 1_048_576,
  events: 1_000, // HubSpot sends up to 100
})
