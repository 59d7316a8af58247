import { TielineError } from '../../../core/error.ts'

/**
 * The id, or another field, of what an earlier subrequest of the same composite gives: `referenceTo('account')`. It stands wherever the
 * value would. Source: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm.
 * @throws {TielineError} REQUEST_INVALID
 */
export function referenceTo(reference: string, field = 'id'): string {
  const text = `@{${reference}.${field}}`
  if (!/^@\{\w+\.[\w.[\]]+\}$/.test(text))
    throw new TielineError(
      'REQUEST_INVALID',
      `reference ${JSON.stringify(text)}: use a reference id and the name of a field`,
    )
  // A boxed text: it is written as any other, and data that only looks like a reference is not one.
  return Object(text) as string
}

/** Salesforce reads `@{…}` in any text of a composite: a customer's name must not become another record's id. */
export function noPlainReference(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('@{'))
      throw new TielineError(
        'REQUEST_INVALID',
        'a text with `@{` would be read as a reference: send this record by itself',
      )
  } else if (typeof value === 'object' && value !== null && !(value instanceof String)) {
    for (const [name, inner] of Object.entries(value)) {
      noPlainReference(name)
      noPlainReference(inner)
    }
  }
}

/** References of a path as Salesforce reads them: without percent-encoding. */
export function plainReferences(path: string): string {
  return path.replace(/%40%7B(?:\w|\.|%5B|%5D)+%7D/g, decodeURIComponent)
}
