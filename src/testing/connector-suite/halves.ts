import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { TielineError } from '../../core/error.ts'
import type { RequestParts } from '../../declare/target/operation.ts'
import type { HttpResponse } from '../../port/http.ts'
import { documented, partsOf } from './answer.ts'
import { copyOf } from './copy.ts'
import type { Face } from './face.ts'
import { KEY } from './fixed.ts'
import type { Stage } from './stage.ts'

/** What a half came to: its value, or the error that it threw. */
export type Outcome = { readonly value: unknown } | { readonly thrown: TielineError }

/** @throws {AssertionError} for anything else that is thrown, naming what was given */
export function outcomeOf(place: string, what: () => string, run: () => unknown): Outcome {
  try {
    return { value: run() }
  } catch (thrown) {
    if (thrown instanceof TielineError) return { thrown }
    assert.fail(`${place}: threw ${String(thrown)} in place of a TielineError, given ${what()}`)
  }
}

/** The request of an input, or undefined where the half refuses it. */
export function requestIfAny(stage: Stage, face: Face, input: unknown): RequestParts | undefined {
  try {
    return face.request(copyOf(input), stage.context())
  } catch {
    return undefined
  }
}

/** The request of an example's own input, which must not be refused. */
export function requestOf(stage: Stage, face: Face, input: unknown): RequestParts {
  try {
    return face.request(copyOf(input), stage.context())
  } catch (thrown) {
    assert.fail(`${face.place}: refuses the example's own input ${shown(input)}: ${String(thrown)}`)
  }
}

/** Good answers to the first input: the documented ones, and the one that the provider gives. */
export async function goodAnswers(stage: Stage, face: Face): Promise<readonly HttpResponse[]> {
  const told = face.batch ? [] : (face.example.answers ?? []).map(documented)
  if (stage.subject.provider === undefined) return told
  await using line = await stage.open()
  const [input, other] = await line.inputs(face.example)
  await line.perform(face, face.batch ? [input, other] : input, KEY)
  return [...told, ...line.answers.slice(-1)]
}

export function respond(face: Face, answer: HttpResponse, input: unknown = face.inputs[0]): unknown {
  return face.response(partsOf(answer), copyOf(input), KEY)
}

/** @throws {AssertionError} saying both values */
export function mustBe(actual: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, wanted)) assert.fail(`${what}: expected ${shown(wanted)}, got ${shown(actual)}`)
}

export function same(a: unknown, b: unknown, what: string): void {
  if (!isDeepStrictEqual(a, b)) assert.fail(`${what}: ${shown(a)}, then ${shown(b)}`)
}

/** A value on one line, cut. */
export function shown(value: unknown): string {
  const text = value instanceof Uint8Array ? `bytes ${value.slice(0, 20)}` : (JSON.stringify(value) ?? String(value))
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
