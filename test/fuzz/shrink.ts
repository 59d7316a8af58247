import { type AnyTarget, breaks, type LawBroken, THROWS } from './target.ts'

const TRIES = 20_000

/**
 * Delta debugging: a smaller input that breaks the same law, until no step makes it smaller. Inputs are plain data, so one way of shrinking
 * serves all targets.
 */
export async function shrink(
  of: AnyTarget,
  input: unknown,
  found: LawBroken,
): Promise<{ readonly input: unknown; readonly found: LawBroken }> {
  let best = { input, found }
  let tries = 0
  for (let smallerFound = true; smallerFound && tries < TRIES; ) {
    smallerFound = false
    for (const candidate of smaller(best.input)) {
      if (++tries > TRIES) break
      const again = await breaks(of, candidate)
      if (again === undefined || !isSame(again, found)) continue
      best = { input: candidate, found: again }
      smallerFound = true
      break
    }
  }
  return best
}

/** The same law; where something was thrown, the same thing: a candidate may have lost its shape. */
export function isSame(a: LawBroken, b: LawBroken): boolean {
  return a.law === b.law && (a.law !== THROWS || a.message.split('\n')[0] === b.message.split('\n')[0])
}

/** Inputs one step smaller, the largest steps first. The fields of the input itself stay: they are its shape. */
export function* smaller(input: unknown): Iterable<unknown> {
  if (isRecord(input)) yield* smallerFields(input)
  else yield* smallerValue(input)
}

function* smallerValue(value: unknown): Iterable<unknown> {
  if (typeof value === 'string') yield* cuts(value.length, (from, to) => value.slice(0, from) + value.slice(to))
  else if (value instanceof Uint8Array) {
    yield* cuts(value.length, (from, to) => Buffer.concat([value.subarray(0, from), value.subarray(to)]))
  } else if (Array.isArray(value)) {
    yield* cuts(value.length, (from, to) => [...value.slice(0, from), ...value.slice(to)])
    for (const [i, item] of value.entries()) for (const less of smallerValue(item)) yield value.with(i, less)
  } else if (isRecord(value)) {
    for (const name of Object.keys(value)) yield without(value, name)
    yield* smallerFields(value)
  } else if (typeof value === 'number' && Number.isFinite(value) && value !== 0) {
    yield* [0, Math.trunc(value / 2), value - Math.sign(value)].filter((less) => Math.abs(less) < Math.abs(value))
  }
}

function* smallerFields(record: Readonly<Record<string, unknown>>): Iterable<unknown> {
  for (const [name, value] of Object.entries(record)) {
    for (const less of smallerValue(value)) yield copied(record, name, less)
  }
}

/** A half left out, a quarter, an eighth … one element. */
function* cuts<T>(length: number, without: (from: number, to: number) => T): Iterable<T> {
  for (let size = length; size >= 1; size >>= 1) {
    for (let from = 0; from < length; from += size) yield without(from, Math.min(length, from + size))
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** With own properties only: a record may have one called `__proto__`. */
function copied(record: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  return Object.fromEntries(Object.entries(record).map(([key, old]) => [key, key === name ? value : old]))
}

function without(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))
}
