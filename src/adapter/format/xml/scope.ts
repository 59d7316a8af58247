import { isNcName } from './options.ts'

const XML = 'http://www.w3.org/XML/1998/namespace'
const XMLNS = 'http://www.w3.org/2000/xmlns/'

/** Names kept of one scope; a file that has more distinct ones resolves them again. */
const KEPT = 4_096

/** A broken use of namespaces; the sentence is for the reader's error. */
export class NamespaceFault extends Error {}

/**
 * The namespaces in force at an element, and the sender's names in the declared prefixes. A scope is made where an element declares
 * something, and each name is resolved once in it: resolving at every element takes time that grows with the square of the depth.
 */
export class Scope {
  readonly #parent: Scope | undefined
  readonly #bound: ReadonlyMap<string, string>
  readonly #prefixes: ReadonlyMap<string, string>
  readonly #elements = new Map<string, string>()
  readonly #attributes = new Map<string, string>()
  readonly #children = new Map<string, Scope>()

  constructor(prefixes: ReadonlyMap<string, string>, bound: ReadonlyMap<string, string> = new Map(), parent?: Scope) {
    this.#prefixes = prefixes
    this.#bound = bound
    this.#parent = parent
  }

  /** The scope of an element with these `xmlns` attributes; records that declare the same share one. */
  declare(declared: readonly (readonly [prefix: string, uri: string])[]): Scope {
    const key = JSON.stringify(declared)
    const known = this.#children.get(key)
    if (known !== undefined) return known
    for (const [prefix, uri] of declared) check(prefix, uri)
    if (this.#children.size >= 64) this.#children.clear()
    const made = new Scope(this.#prefixes, new Map(declared), this)
    this.#children.set(key, made)
    return made
  }

  element(qname: string): string {
    return this.#elements.get(qname) ?? this.#keep(this.#elements, qname, this.#resolve(qname, false))
  }

  /** With `@` in front. */
  attribute(qname: string): string {
    return this.#attributes.get(qname) ?? this.#keep(this.#attributes, qname, `@${this.#resolve(qname, true)}`)
  }

  /** That these attributes have good names, no two the same: also where nobody wants them. */
  checkAttributes(qnames: readonly string[]): void {
    const names = qnames.map((qname) => this.attribute(qname))
    if (new Set(names).size < names.length) throw new NamespaceFault('an attribute comes twice')
  }

  /** Every prefix in force with its namespace, the innermost declaration of each. */
  inForce(): ReadonlyMap<string, string> {
    return new Map([...(this.#parent?.inForce() ?? []), ...this.#bound])
  }

  #keep(names: Map<string, string>, qname: string, name: string): string {
    if (names.size >= KEPT) names.clear()
    // As V8 keeps names of properties: a million records are built with this one.
    const [kept = name] = Object.keys({ [name]: 0 })
    names.set(qname, kept)
    return kept
  }

  #resolve(qname: string, attribute: boolean): string {
    const colon = qname.indexOf(':')
    const prefix = colon < 0 ? '' : qname.slice(0, colon)
    const local = qname.slice(colon + 1)
    if (!isNcName(local) || colon === 0) throw new NamespaceFault('a name with a misplaced colon')
    if (prefix === '' && attribute) return local
    const uri = this.#uri(prefix)
    if (uri === undefined && prefix !== '')
      throw new NamespaceFault(`the prefix ${JSON.stringify(prefix)} is not declared`)
    if (uri === undefined || uri === '') return this.#declaresDefault ? `{}${local}` : local
    const ours = this.#prefixes.get(uri)
    if (ours === undefined || (ours === '' && attribute)) return `{${uri}}${local}`
    return ours === '' ? local : `${ours}:${local}`
  }

  #uri(prefix: string): string | undefined {
    if (prefix === 'xml') return XML
    const uri = this.#bound.get(prefix)
    return uri === undefined && this.#parent !== undefined ? this.#parent.#uri(prefix) : uri
  }

  get #declaresDefault(): boolean {
    return [...this.#prefixes.values()].includes('')
  }
}

/** https://www.w3.org/TR/xml-names/#ns-decl, the constraints on prefixes */
function check(prefix: string, uri: string): void {
  if (prefix !== '' && uri === '')
    throw new NamespaceFault(`the prefix ${JSON.stringify(prefix)} is declared as nothing`)
  if (prefix === 'xmlns' || uri === XMLNS || (prefix === 'xml') !== (uri === XML))
    throw new NamespaceFault('the names xml and xmlns cannot be declared anew')
}
