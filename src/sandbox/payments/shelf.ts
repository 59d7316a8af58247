import type { Form } from './form.ts'
import { integerOf, textOf } from './parameter.ts'
import { invalid, missing } from './refusal.ts'

interface Stored {
  readonly id: string
  readonly created: number
}

/** Objects of one kind in the order of their creation. Objects are replaced, never changed, so an event keeps what it saw. */
export class Shelf<T extends Stored> {
  readonly kind: string
  readonly #order: string[] = []
  readonly #places = new Map<string, { readonly index: number; object: T }>()

  constructor(kind: string) {
    this.kind = kind
  }

  get size(): number {
    return this.#order.length
  }

  find(id: string): T | undefined {
    return this.#places.get(id)?.object
  }

  /** @throws {Refusal} 404 `resource_missing` that names `param`. */
  get(id: string, param = 'id'): T {
    const found = this.#places.get(id)
    if (!found) throw missing(this.kind, id, param)
    return found.object
  }

  put(object: T): T {
    const place = this.#places.get(object.id)
    if (place) place.object = object
    else {
      this.#places.set(object.id, { index: this.#order.length, object })
      this.#order.push(object.id)
    }
    return object
  }

  /** Oldest first. */
  *values(): IterableIterator<T> {
    for (const place of this.#places.values()) yield place.object
  }

  /**
   * Newest first, `limit` at a time, from behind `starting_after` or before `ending_before`.
   * Source: docs.stripe.com/api/pagination.
   */
  page(form: Form, url: string, matches: (object: T) => boolean): ListAnswer<T> {
    const limit = integerOf(form, 'limit') ?? 10
    if (limit < 1 || limit > 100) throw invalid('Invalid integer: limit must be between 1 and 100.', { param: 'limit' })
    const after = textOf(form, 'starting_after')
    const before = textOf(form, 'ending_before')
    if (after !== undefined && before !== undefined) {
      throw invalid('You cannot use `starting_after` and `ending_before` at the same time.')
    }
    const [cursor, step, param]: [string | undefined, 1 | -1, string] =
      before === undefined ? [after, -1, 'starting_after'] : [before, 1, 'ending_before']
    const data: T[] = []
    let index = cursor === undefined ? this.#order.length - 1 : this.#index(cursor, param) + step
    for (; index >= 0 && index < this.#order.length && data.length <= limit; index += step) {
      const object = this.get(this.#order[index] ?? '')
      if (matches(object)) data.push(object)
    }
    const has_more = data.length > limit
    if (has_more) data.length = limit
    if (before !== undefined) data.reverse()
    return { object: 'list', data, has_more, url }
  }

  #index(id: string, param: string): number {
    const place = this.#places.get(id)
    if (!place) throw missing(this.kind, id, param)
    return place.index
  }
}

export interface ListAnswer<T> {
  readonly object: 'list'
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly url: string
}
