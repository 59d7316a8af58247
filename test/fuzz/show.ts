const LIMIT = 2_000

/** An input as a person reads it: one line, everything unusual escaped, bounded. Bytes are shown as `bytes"…"`, one character each. */
export function show(input: unknown): string {
  const text = shown(input)
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}… (${text.length} characters)` : text
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes${quoted(Buffer.from(value).toString('latin1'))}`
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, field]) => `${quoted(name)}: ${shown(field)}`)
    return `{${fields.join(', ')}}`
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

function quoted(text: string): string {
  const long = text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text
  return JSON.stringify(long).replace(
    /[^\x20-\x7e]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
