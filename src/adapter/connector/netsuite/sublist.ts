import { isObject } from '../http/json.ts'

/**
 * Names of the sublists in a record, for the `replace` parameter: `{ item: { items: [...] } }` has `item`. Without it the lines of a repeated
 * PATCH or PUT are added to those that are there already, so that a repeat would double them.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545295601.html and …/section_1545297048.html.
 */
export function sublistsOf(fields: object): string | undefined {
  const names = Object.entries(fields)
    .filter(([, value]) => isObject(value) && Array.isArray(value['items']))
    .map(([name]) => name)
  return names.length === 0 ? undefined : names.join(',')
}
