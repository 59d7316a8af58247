import { complaintOf } from '../../../declare/fault/complaint.ts'
import type { ResponseParts } from '../../../declare/target/operation.ts'
import { isObject, type Json, unexpected } from '../http/json.ts'

/** The record that was written. */
export interface Written {
  /** NetSuite's internal id. */
  readonly id: string
}

/**
 * The record that the `Location` of an answer without a body names, `…/record/v1/customer/647`.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545141395.html.
 * @throws {TielineError} PROVIDER_ANSWER without one
 */
export function writtenOf(response: ResponseParts): Written {
  return { id: lastOf(response.headers['location'], /\/record\/v1\/[^/]+\/([^/?#]+)\/?$/, 'Location of a record') }
}

/** The id of a record or task: its field `id`, else the end of its link to itself. @throws {TielineError} PROVIDER_ANSWER without one */
export function idOf(value: Json): string {
  const { id, links } = value
  if (typeof id === 'string' && id !== '') return id
  if (typeof id === 'number') return String(id)
  const self = Array.isArray(links) ? links.find((link) => isObject(link) && link['rel'] === 'self') : undefined
  return lastOf(isObject(self) ? self['href'] : undefined, /\/([^/?#]+)\/?(?:[?#].*)?$/, 'id')
}

const utf8 = new TextEncoder()

/** Whether NetSuite names this error in its answer. Never throws. */
export function isError({ status, headers, text }: ResponseParts, wanted: number, code: string): boolean {
  return status === wanted && complaintOf({ status, headers, body: utf8.encode(text) }).codes.includes(code)
}

/** @throws {TielineError} PROVIDER_ANSWER naming what is missing */
export function lastOf(address: unknown, pattern: RegExp, what: string): string {
  const found = typeof address === 'string' ? pattern.exec(address)?.[1] : undefined
  if (found === undefined) throw unexpected(`the answer has no ${what}`)
  return decoded(found)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw unexpected('the answer has an address with a broken percent-escape')
  }
}
