import { TielineError } from '../../../core/error.ts'
import type { ResponseParts } from '../../../declare/target/operation.ts'

export type Json = Readonly<Record<string, unknown>>

/** @throws {TielineError} REQUEST_INVALID when the value has no JSON form */
export function toJson(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new TielineError('REQUEST_INVALID', `the body is not JSON: ${(cause as Error).message}`, { cause })
  }
  if (text === undefined) throw new TielineError('REQUEST_INVALID', `the body is not JSON: ${typeof value}`)
  return text
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The answer as a JSON object. @throws {TielineError} PROVIDER_ANSWER */
export function objectOf(response: ResponseParts): Json {
  const value = response.json()
  if (!isObject(value)) throw unexpected('the answer is not a JSON object')
  return value
}

/** A text that the answer must have. @throws {TielineError} PROVIDER_ANSWER naming the field */
export function textOf(value: Json, field: string): string {
  const text = value[field]
  if (typeof text !== 'string' || text === '') throw unexpected(`the answer has no ${field}`)
  return text
}

/** A list that the answer must have. @throws {TielineError} PROVIDER_ANSWER naming the field */
export function listOf(value: Json, field: string): readonly Json[] {
  const list = value[field]
  if (!Array.isArray(list) || !list.every(isObject)) throw unexpected(`${field} of the answer is not a list of objects`)
  return list
}

export function unexpected(what: string): TielineError {
  return new TielineError('PROVIDER_ANSWER', what)
}
