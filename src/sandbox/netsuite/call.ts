import type { ProviderAnswer, ProviderContext, ProviderRequest } from '../provider.ts'
import type { NetsuiteEffect } from './effect.ts'
import type { JobRecord } from './job.ts'
import { invalid } from './refusal.ts'
import { type Fields, type NetsuiteRecord, Shelf } from './shelf.ts'

export interface AccountState {
  readonly shelves: Map<string, Shelf>
  readonly jobs: Map<string, JobRecord>
  /** Idempotency key -> job. */
  readonly keys: Map<string, string>
  readonly effects: NetsuiteEffect[]
  repeats: number
}

/** One request on its way through the model. */
export interface Call {
  readonly state: AccountState
  readonly context: ProviderContext
  readonly request: ProviderRequest
  readonly query: URLSearchParams
  /** How long an asynchronous job takes. */
  readonly jobMs: number
  readonly nextId: () => string
}

const TYPE = /^[A-Za-z][A-Za-z0-9_]{0,79}$/

/** @throws {Refusal} 400 for a name that is no record type */
export function shelfOf({ state }: Call, type: string): Shelf {
  if (!TYPE.test(type)) throw invalid(`Record type '${type.slice(0, 80)}' does not exist.`)
  let shelf = state.shelves.get(type)
  if (shelf === undefined) {
    shelf = new Shelf(type)
    state.shelves.set(type, shelf)
  }
  return shelf
}

export function happened(call: Call, kind: NetsuiteEffect['kind'], type: string, record: NetsuiteRecord): void {
  const { state, context, request } = call
  state.effects.push({
    seq: state.effects.length + 1,
    atMs: context.nowMs,
    kind,
    type,
    id: record.id,
    externalId: record.externalId ?? null,
    fields: record.fields,
    key: request.headers['x-netsuite-idempotency-key'] ?? null,
  })
}

/** The body as an object; an empty one where there is none. */
export function bodyOf({ request }: Call): Fields {
  if (request.body.byteLength === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body))
  } catch {
    throw invalid('Invalid content in the request body: it is not JSON.')
  }
  if (isFields(value)) return value
  throw invalid('Invalid content in the request body: it is not an object.')
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the `Prefer` header (RFC 7240) names this preference. */
export function prefers({ request }: Call, preference: string): boolean {
  return (request.headers['prefer'] ?? '').split(',').some((one) => one.trim().toLowerCase() === preference)
}

/** Where something is, as NetSuite writes it: absolute when the request says on which host. */
export function hrefOf({ request }: Call, path: string): string {
  const host = request.headers['host']
  return host === undefined ? path : `http://${host}${path}`
}

export const recordHref = (call: Call, type: string, id: string): string =>
  hrefOf(call, `/services/rest/record/v1/${type}/${id}`)

/** 204 with the place of the record. */
export function located(call: Call, type: string, { id }: NetsuiteRecord): ProviderAnswer {
  return { status: 204, headers: { location: recordHref(call, type, id) }, body: '' }
}

export const NOTHING: ProviderAnswer = Object.freeze({ status: 204, headers: Object.freeze({}), body: '' })
