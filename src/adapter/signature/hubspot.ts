import type { KeyObject } from 'node:crypto'
import { hmac } from './hmac.ts'

/**
 * The characters that HubSpot signs decoded though they travel encoded. Source: developers.hubspot.com/docs/api/webhooks/validating-requests,
 * "Validate the v3 request signature", table. Other escapes (`%20`) stay as they are.
 */
const DECODED: Readonly<Record<string, string>> = Object.freeze({
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
})

/** The address as HubSpot signs it: without a fragment, the characters of its table decoded once. */
export function hubspotUri(url: string): string {
  const fragment = url.indexOf('#')
  const address = fragment < 0 ? url : url.slice(0, fragment)
  if (!address.includes('%')) return address
  return address.replace(/%[0-9A-Fa-f]{2}/g, (found) => DECODED[found.toUpperCase()] ?? found)
}

/**
 * `X-HubSpot-Signature-v3`: HMAC-SHA256 over method, address, raw body and time, with nothing between them, in base64. The key is
 * the app's client secret.
 * @param uri the public address that HubSpot calls, from `https://` on, with its query
 * @param milliseconds the value of `X-HubSpot-Request-Timestamp`: milliseconds since 1970
 */
export function signHubspot(
  secret: string | KeyObject,
  method: string,
  uri: string,
  body: Uint8Array,
  milliseconds: number | string,
): string {
  return hmac(secret, `${method}${hubspotUri(uri)}`, body, String(milliseconds), 'base64')
}
