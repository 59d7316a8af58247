import type { StandardSchemaV1 } from '@standard-schema/spec'
import { deepFreeze } from '../../core/freeze.ts'
import type { Checked, Contract, Issue } from '../contract/contract.ts'

/** What a field of an envelope must be. `text` is a string that is not empty. */
export type FieldKind = 'text' | 'number' | 'object'

const SCHEMA = deepFreeze({
  text: { type: 'string', minLength: 1 },
  number: { type: 'number' },
  object: { type: 'object' },
}) satisfies Readonly<Record<FieldKind, unknown>>

/**
 * An open contract for what every event of a sender has: these fields, named by their paths, and nothing more.
 * `envelope('stripe-event', { id: 'text', 'data.object': 'object' })`. Written by hand because every webhook passes through it.
 */
export function envelope(name: string, fields: Readonly<Record<string, FieldKind>>): Contract<unknown> {
  const checks = Object.entries(fields).map(([path, kind]) => ({ path, kind, steps: path.split('.') }))
  const check = (value: unknown): Checked<unknown> => {
    let issues: Issue[] | undefined
    for (const { path, kind, steps } of checks) {
      if (fits(at(value, steps), kind)) continue
      issues ??= []
      issues.push({ path, message: `expected ${kind === 'object' ? 'an object' : `a ${kind}`}` })
    }
    return issues === undefined ? { ok: true, value } : { ok: false, issues }
  }
  return handMade(name, check, schemaOf(fields))
}

/** A contract around a check written by hand. */
export function handMade(
  name: string,
  check: (value: unknown) => Checked<unknown>,
  jsonSchema: Readonly<Record<string, unknown>>,
): Contract<unknown> {
  const validate = (value: unknown): StandardSchemaV1.Result<unknown> => {
    const checked = check(value)
    if (checked.ok) return { value: checked.value }
    return { issues: checked.issues.map(({ path, message }) => ({ message, path: path.split('.') })) }
  }
  const contract: Contract<unknown> = {
    kind: 'contract',
    name,
    version: 1,
    compatibility: 'backward',
    key: () => '',
    schema: { '~standard': { version: 1, vendor: 'tieline', validate } },
    jsonSchema: deepFreeze(jsonSchema),
    check,
    prepare: () => Promise.resolve(),
  }
  return Object.freeze(contract)
}

function at(value: unknown, steps: readonly string[]): unknown {
  let place = value
  for (const step of steps) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, step)) return undefined
    place = (place as Readonly<Record<string, unknown>>)[step]
  }
  return place
}

function fits(value: unknown, kind: FieldKind): boolean {
  if (kind === 'text') return typeof value === 'string' && value !== ''
  if (kind === 'number') return typeof value === 'number'
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function schemaOf(fields: Readonly<Record<string, FieldKind>>): Readonly<Record<string, unknown>> {
  const inner = new Map<string, Record<string, FieldKind>>()
  const properties: Record<string, unknown> = {}
  for (const [path, kind] of Object.entries(fields)) {
    const dot = path.indexOf('.')
    if (dot < 0) properties[path] = SCHEMA[kind]
    else inner.set(path.slice(0, dot), { ...inner.get(path.slice(0, dot)), [path.slice(dot + 1)]: kind })
  }
  for (const [name, below] of inner) properties[name] = schemaOf(below)
  return { type: 'object', required: Object.keys(properties), properties }
}
