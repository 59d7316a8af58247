import type { Desk } from '../../engine/desk.ts'
import type { Field, Fields, Input } from './field.ts'

/** One operation of the admin API: served, checked and documented from this one value. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** Below `/admin/v1`: `/messages/{id}`. A segment in braces is a field in the path. */
  readonly path: string
  /** `operationId` in OpenAPI. */
  readonly name: string
  readonly summary: string
  readonly fields: Fields
  /** JSON Schema of the answer. */
  readonly answer: Readonly<Record<string, unknown>>
  readonly run: (input: Readonly<Record<string, unknown>>, desk: Desk) => unknown
}

/** Gives `run` the types of its fields. */
export function route<const F extends Readonly<Record<string, Field<unknown>>>>(
  spec: Omit<Route, 'fields' | 'run'> & {
    readonly fields: F
    readonly run: (input: Input<F>, desk: Desk) => unknown
  },
): Route {
  return Object.freeze({ ...spec, run: spec.run as Route['run'] })
}

/** An object without the properties that are `undefined`: what is not given is not there. */
export function given<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
