import type { ArchivedMessage } from '../../port/archive.ts'

/** A message as one text that is equal for equal content, whatever store it was read from; and its bytes, in the order of the text. */
export function canonical(message: ArchivedMessage): { readonly text: string; readonly bodies: readonly Uint8Array[] } {
  const bodies: Uint8Array[] = []
  const length = (body: Uint8Array | undefined): number | undefined => {
    if (body) bodies.push(body)
    return body?.length
  }
  const plain = {
    ...message,
    body: length(message.body),
    works: message.works.map((work) => ({ ...work, body: length(work.body) })),
  }
  const text = JSON.stringify(plain, (_, value: unknown) => {
    // A store may not be able to hold half of a surrogate pair.
    if (typeof value === 'string') return value.toWellFormed()
    return isPlain(value) ? sorted(value) : value
  })
  return { text, bodies }
}

/** What of two messages differs first, for people. */
export function difference(one: unknown, two: unknown, path = ''): string | undefined {
  if (one instanceof Uint8Array || two instanceof Uint8Array) {
    const same = one instanceof Uint8Array && two instanceof Uint8Array && equal(one, two)
    return same ? undefined : `${path}: the bytes differ`
  }
  if (isObject(one) && isObject(two)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(two)])) {
      const found = difference(one[key], two[key], path === '' ? key : `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  const [first, second] = [one, two].map((value) => (typeof value === 'string' ? value.toWellFormed() : value))
  return first === second ? undefined : `${path} is ${shown(first)} there and ${shown(second)} here`
}

function equal(one: Uint8Array, two: Uint8Array): boolean {
  if (one.length !== two.length) return false
  for (let i = 0; i < one.length; i++) if (one[i] !== two[i]) return false
  return true
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isPlain = (value: unknown): value is Record<string, unknown> => isObject(value) && !Array.isArray(value)

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
