import { type Duration, milliseconds } from '../../core/duration.ts'
import { TielineError } from '../../core/error.ts'
import { deepFreeze } from '../../core/freeze.ts'
import type { Each, Layer, Policy } from './layer.ts'

/** A policy of one layer. */
export function policyOf(layer: Layer): Policy {
  return deepFreeze({ kind: 'policy', layers: [layer] })
}

export function invalid(field: string, value: unknown, expected: string): TielineError {
  return new TielineError('DECLARATION_INVALID', `${field} ${shown(value)}: use ${expected}`)
}

/** @throws {TielineError} DECLARATION_INVALID */
export function whole(field: string, value: number, least: number, most: number, more = ''): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(field, value, `a whole number from ${least} to ${most}${more}`)
}

/** More than 0, at most 1. @throws {TielineError} DECLARATION_INVALID */
export function share(field: string, value: number): number {
  if (value > 0 && value <= 1) return value
  throw invalid(field, value, 'a share above 0, at most 1: 0.5 is half of the calls')
}

/** Milliseconds, at least one. @throws {TielineError} DECLARATION_INVALID */
export function span(field: string, value: Duration): number {
  let ms = 0
  try {
    ms = milliseconds(value)
  } catch (cause) {
    throw new TielineError('DECLARATION_INVALID', `${field}: ${(cause as Error).message}`, { cause })
  }
  if (ms >= 1) return ms
  throw invalid(field, value, 'at least 1ms')
}

/** One of the words. @throws {TielineError} DECLARATION_INVALID */
export function oneOf<T extends string>(field: string, value: T, words: readonly T[]): T {
  if (words.includes(value)) return value
  throw invalid(field, value, words.map((word) => `'${word}'`).join(' or '))
}

export function eachOf(word: string, value: Each | undefined): Each {
  return oneOf(`${word} each`, value ?? 'connector', ['connector', 'operation', 'tenant'])
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)
}
