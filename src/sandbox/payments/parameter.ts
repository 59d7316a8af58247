import type { Form } from './form.ts'
import { invalid } from './refusal.ts'

/** Refuses parameters that the operation does not know, as Stripe does. */
export function onlyKnown(form: Form, known: readonly string[]): void {
  for (const name of Object.keys(form)) {
    if (!known.includes(name)) {
      throw invalid(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name })
    }
  }
}

/** Undefined when it is not given; empty text when it is to be cleared. */
export function textOf(form: Form, name: string, limit = 5_000): string | undefined {
  const value = form[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw invalid(`Invalid string: ${name} is an object`, { param: name })
  if (value.length > limit) throw invalid(`Invalid ${name}: must be at most ${limit} characters`, { param: name })
  return value
}

export function requiredText(form: Form, name: string): string {
  const value = textOf(form, name)
  if (value === undefined || value === '') {
    throw invalid(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
  }
  return value
}

export function integerOf(form: Form, name: string): number | undefined {
  const text = textOf(form, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw invalid(`Invalid integer: ${text.slice(0, 40)}`, { code: 'parameter_invalid_integer', param: name })
  }
  return value
}

export function yesOrNo(form: Form, name: string): boolean | undefined {
  const text = textOf(form, name)
  if (text === undefined) return undefined
  if (text !== 'true' && text !== 'false') throw invalid(`Invalid boolean: ${text.slice(0, 40)}`, { param: name })
  return text === 'true'
}

export function listOf(form: Form, name: string): readonly string[] | undefined {
  const value = form[name]
  if (value === undefined) return undefined
  const items = typeof value === 'string' ? undefined : Object.values(value)
  if (!items?.every((item) => typeof item === 'string')) throw invalid(`Invalid array: ${name}`, { param: name })
  return items
}

export type Address = Readonly<Record<(typeof ADDRESS)[number], string | null>>

const ADDRESS = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'] as const

/** Undefined when it is not given, null when it is to be cleared. */
export function addressOf(form: Form): Address | null | undefined {
  const given = form['address']
  if (given === undefined) return undefined
  if (given === '') return null
  if (typeof given === 'string') throw invalid('Invalid object: address', { param: 'address' })
  onlyKnown(given, ADDRESS)
  return Object.fromEntries(ADDRESS.map((name) => [name, textOf(given, name) || null])) as Address
}

export type Metadata = Readonly<Record<string, string>>

// docs.stripe.com/api/metadata: 50 keys, names of 40 characters, values of 500.
const METADATA = Object.freeze({ keys: 50, name: 40, value: 500 })

/** The metadata after this request: given keys are set, keys given as empty text are removed, others stay. */
export function metadataOf(form: Form, before: Metadata = {}): Metadata {
  const given = form['metadata']
  if (given === undefined) return before
  if (given === '') return {}
  if (typeof given === 'string') throw invalid('Invalid object: metadata', { param: 'metadata' })
  const after = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw invalid('Metadata values must be text.', { param: `metadata[${name}]` })
    if (name.length > METADATA.name) throw invalid(`Metadata names can have up to ${METADATA.name} characters.`)
    if (value.length > METADATA.value) throw invalid(`Metadata values can have up to ${METADATA.value} characters.`)
    if (value === '') after.delete(name)
    else after.set(name, value)
  }
  if (after.size > METADATA.keys) throw invalid(`Metadata can have up to ${METADATA.keys} keys.`, { param: 'metadata' })
  return Object.fromEntries(after)
}
