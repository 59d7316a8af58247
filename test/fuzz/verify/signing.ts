import type { SignedRequest } from '../../../src/serve/verify/verdict.ts'
import type { Headers } from '../mutate/headers.ts'

export const NOW_MS = 1_788_000_000_000
export const TOLERANCE_MS = 300_000
export const URI = 'https://hooks.example.com/in/hubspot?a=1'

/** What came, when, and what the receiver holds: all that a verdict hangs on. */
export interface Judged {
  readonly method: string
  readonly uri: string
  readonly headers: Headers
  readonly body: Uint8Array
  readonly secrets: readonly string[]
  readonly nowMs: number
}

/** One request that a sender signed, and with which secret. */
export interface Signing {
  readonly request: SignedRequest
  readonly secret: string
}

/** A sender's documents in a few lines of their own, and what it has signed so far. */
export interface Scheme {
  readonly name: string
  readonly about: string
  /** Good secrets; with some of them nothing was signed. */
  readonly secrets: readonly string[]
  readonly signings: readonly Signing[]
  /**
   * Whether the sender signed exactly this, by looking it up in what was signed: no cryptography. Says what its documents leave free (further
   * signatures in a list, white space) and nothing more.
   */
  readonly signed: (judged: Judged) => boolean
}

/** Bodies that were signed: usual, empty, beyond ASCII, and two that differ in one digit. */
export const BODIES: readonly Uint8Array[] = [
  '{"id":"evt_1","type":"payment_intent.succeeded","created":1788000000,"data":{"object":{"amount":1050}}}',
  '{"id":"evt_1","type":"payment_intent.succeeded","created":1788000000,"data":{"object":{"amount":1051}}}',
  '[{"eventId":1,"subscriptionId":2,"portalId":3,"occurredAt":1788000000000,"subscriptionType":"contact.creation","propertyValue":"[1]"}]',
  '{"name":"Zoë – 東京 😀"}',
  '',
].map((text) => Buffer.from(text))

/** Stamps at which they were signed: now, and at both edges of what is taken. */
export const STAMPS_MS: readonly number[] = [NOW_MS, NOW_MS - TOLERANCE_MS, NOW_MS + TOLERANCE_MS]

export function one(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/** A time of at most 16 digits that does not begin with 0, within the window. */
export function inTime(text: string, unitMs: number, nowMs: number): boolean {
  const plain = text.length >= 1 && text.length <= 16 && [...text].every((digit) => digit >= '0' && digit <= '9')
  return plain && text[0] !== '0' && Math.abs(nowMs - Number(text) * unitMs) <= TOLERANCE_MS
}

/** HMAC fills a short key up with zero bytes (RFC 2104 section 2), so with some of them it is the same key. */
export function sameKey(a: string, b: string): boolean {
  return a.replace(/\0+$/, '') === b.replace(/\0+$/, '')
}

/** What was signed, by its signature: an input is looked up and not compared with each. */
export function bySignature<S extends { readonly signature: string }>(signings: readonly S[]): ReadonlyMap<string, S> {
  return new Map(signings.map((signing) => [signing.signature, signing]))
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
