import type { ProviderContext } from '../provider.ts'
import { type CrmEffect, hashOf } from './effect.ts'
import type { ObjectType } from './object-type.ts'
import { invalid } from './refusal.ts'
import type { CrmObject, Shelf } from './shelf.ts'

export interface CrmState {
  readonly shelves: Readonly<Record<ObjectType, Shelf>>
  /** `deals/7` -> `companies/12` -> association type ids. */
  readonly associations: Map<string, Map<string, readonly number[]>>
  readonly effects: CrmEffect[]
  repeats: number
}

/** One request on its way through the model. */
export interface Call {
  readonly state: CrmState
  readonly context: ProviderContext
  readonly query: URLSearchParams
  /** The parsed body; undefined when there is none. */
  readonly body: unknown
  readonly correlationId: string
  readonly idempotencyKey: string | null
  readonly nextObjectId: () => string
}

/** Writes an effect into the ledger. */
export function happened(
  call: Call,
  kind: CrmEffect['kind'],
  shelf: Shelf,
  object: CrmObject,
  more: Partial<CrmEffect> = {},
): void {
  const keys: Record<string, string> = {}
  for (const name of shelf.unique) {
    const value = object.properties[name]
    if (value !== undefined) keys[name] = value
  }
  call.state.effects.push({
    seq: call.state.effects.length + 1,
    atMs: call.context.nowMs,
    kind,
    type: shelf.type,
    id: object.id,
    keys,
    properties: object.properties,
    hash: hashOf(object.properties),
    changed: [],
    trace: call.idempotencyKey,
    correlationId: call.correlationId,
    ...more,
  })
}

/** The body as an object. */
export function fieldsOf(value: unknown, what = 'body'): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalid(`Invalid input JSON: ${what} must be an object`)
}

const MAX_INPUTS = 100 // of a batch; developers.hubspot.com/docs/api/crm/contacts#limits

export function inputsOf(call: Call): readonly Readonly<Record<string, unknown>>[] {
  const { inputs } = fieldsOf(call.body)
  if (!Array.isArray(inputs) || inputs.length === 0) throw invalid('Invalid input JSON: inputs must be a filled array')
  if (inputs.length > MAX_INPUTS)
    throw invalid(`The maximum number of inputs supported in a batch request is ${MAX_INPUTS}`)
  return inputs.map((input: unknown, index) => fieldsOf(input, `inputs[${index}]`))
}

/** A scalar as text. An object has none: it may even refuse to be written as one. */
export function textIn(value: unknown, what: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw invalid(`Invalid input JSON: ${what} must be text`)
}

export function textsIn(values: readonly unknown[], what: string): readonly string[] {
  return values.map((value) => textIn(value, what))
}

export function wordOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw invalid(`Some required fields were not set: [${what}]`)
}
