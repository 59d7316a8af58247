/**
 * Whether no two items are equal as JSON values (`1` and `1.0` are, `1` and `true` are not; the order of an object's names does not matter).
 * In the time that it takes to read the list: the checker's own way copies its list of duplicates with each one, 50 s for 50,000.
 */
export function isUnique(list: readonly unknown[]): boolean {
  const seen = new Set<unknown>()
  for (const item of list) {
    const key = typeof item === 'object' && item !== null ? `o${canonical(item)}` : scalarKey(item)
    if (seen.has(key)) return false
    seen.add(key)
  }
  return true
}

/** Strings are told from objects' texts by their first letter; other scalars stand for themselves. A Set takes 0 and -0 for one. */
const scalarKey = (item: unknown): unknown => (typeof item === 'string' ? `s${item}` : item)

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join()}}`
}
