import { TielineError } from '../../../core/error.ts'
import { path } from '../http/path.ts'

/** Which record: by NetSuite's internal id, or by the external id that was given to it. */
export type Which =
  | { readonly id: string; readonly externalId?: never }
  | { readonly externalId: string; readonly id?: never }

/** A reference to another record, in a field: by internal id, by external id, or by the name that NetSuite shows. */
export type Ref = { readonly id: string } | { readonly externalId: string } | { readonly refName: string }

/** A record is named as `647` or `eid:PI_1` wherever an id stands in a path. */
export function place({ id, externalId }: Which): string {
  return id === undefined ? `eid:${externalIdOf(externalId)}` : path`${id}`
}

const EXTERNAL_ID = /^[A-Za-z0-9_-]{1,255}$/

/**
 * Letters, digits, `_` and `-`, so that it can stand in a path and in a filter as it is.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156334828635.html.
 * @throws {TielineError} REQUEST_INVALID
 */
export function externalIdOf(text: string): string {
  if (EXTERNAL_ID.test(text)) return text
  throw new TielineError(
    'REQUEST_INVALID',
    `externalId ${JSON.stringify(text.slice(0, 80))}: use 1 to 255 letters, digits, _ and -`,
  )
}
