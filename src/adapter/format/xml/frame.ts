import type { Plan } from './plan.ts'

/** A record, or a part of one, as plain data. */
export type XmlValue = string | readonly XmlValue[] | { readonly [name: string]: XmlValue }

/** A rule of the declaration that one record breaks; the sentence is for its fault. */
export class RecordFault extends Error {}

type Open = Record<string, unknown>

/** An element of a record whose end has not come. */
export class Frame {
  readonly name: string
  readonly plan: Plan
  text = ''
  #value: Open | undefined
  #inside = false
  #mixed: unknown[] | undefined

  constructor(name: string, plan: Plan) {
    this.name = name
    this.plan = plan
  }

  attribute(name: string, value: string): void {
    this.#value ??= {}
    this.#value[name] = value
  }

  /** An element begins in this one. */
  divide(): void {
    this.#inside = true
    if (this.plan.mixed) {
      this.#mixed ??= []
      if (this.text !== '') this.#mixed.push(this.text)
    } else if (this.plan.text && !isBlank(this.text)) this.#refuseText()
    this.text = ''
  }

  child({ name, plan }: Frame, value: unknown): void {
    if (this.#mixed !== undefined) {
      // Not an assignment: that would make `__proto__` the prototype.
      if (name === '__proto__') refuseName()
      this.#mixed.push({ [name]: value })
      return
    }
    this.#value ??= {}
    const there = this.#value[name]
    if (there === undefined) this.#value[name] = plan.list ? [value] : value
    else if (name === '__proto__') refuseName()
    else if (!Object.hasOwn(this.#value, name)) this.#value[name] = plan.list ? [value] : value
    else if (plan.list) (there as unknown[]).push(value)
    else throw new RecordFault(`${name} comes more than once in ${this.name}: name it in lists`)
  }

  /** What the element is, now that it ends. */
  close(): unknown {
    if (this.#mixed !== undefined || (this.plan.mixed && this.text !== '')) {
      const mixed = this.#mixed ?? []
      if (this.text !== '') mixed.push(this.text)
      return { ...this.#value, '#mixed': mixed }
    }
    if (!this.plan.text) return this.#value ?? {}
    if (this.#inside) {
      if (!isBlank(this.text)) this.#refuseText()
      return this.#value ?? {}
    }
    if (this.#value === undefined) return this.text
    if (this.text !== '') this.#value['#text'] = this.text
    return this.#value
  }

  #refuseText(): never {
    throw new RecordFault(`${this.name} has text between its elements: name it in mixed`)
  }
}

function refuseName(): never {
  throw new RecordFault('an element is called __proto__, which is refused')
}

/** Nothing but the white space of XML. */
function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return false
  }
  return true
}
