import { deepFreeze } from '../../core/freeze.ts'
import { lossOf } from './document.ts'
import { type EachNode, type Node, type PathNode, pathText, type Root } from './node.ts'
import { invalid } from './recorder.ts'

/** What is decided where a mapping is to work both ways. Fields of the target are named as in its document: `total`, `lines[].sku`. */
export interface TwoWay {
  /** Fields that do not come back, each with the reason. */
  readonly without?: Readonly<Record<string, string>>
  /** Where several fields come from one path of the source: the one that counts on the way back. */
  readonly prefer?: readonly string[]
}

/** A field of the target that does not come back. */
export interface OneWay {
  readonly field: string
  readonly why: string
}

export interface Reversed {
  /** What makes the source's fields of the target's. Right only where nothing is one-way. */
  readonly node: Node
  readonly oneWay: readonly OneWay[]
}

/**
 * The expression that goes back. Every path is put where it was read; every conversion runs its way back, with its other arguments found in
 * the target (the currency of an amount). Constants and places in a list need no way back.
 * @throws {TielineError} `DECLARATION_INVALID` for a choice that names no field of the target.
 */
export function reversed(node: Node, choice: TwoWay = {}): Reversed {
  const turn = new Turn(choice)
  const from: PathNode = { op: 'path', root: DOCUMENT, keys: [] }
  const result = turn.scope(node, from, '', undefined, undefined)
  turn.checkChoice()
  return { node: deepFreeze(result), oneWay: turn.oneWay }
}

const DOCUMENT: Root = Object.freeze({ path: '', depth: 0 })

/** A field of the target, and the reference to it. */
interface Field {
  readonly name: string
  readonly node: Node
  readonly from: PathNode
}

/** The fields that are read from one document, or from the items of one list. */
interface Scope {
  /** The root of the source's paths; undefined for the document. */
  readonly root: Root | undefined
  readonly fields: readonly Field[]
  readonly up: Scope | undefined
}

/** Where a value belongs in the source, and what makes it. */
interface Back {
  readonly path: PathNode
  readonly node: Node
}

interface Placed extends Back {
  readonly field: string
}

class Turn {
  readonly oneWay: OneWay[] = []
  readonly #without: ReadonlyMap<string, string>
  readonly #prefer: ReadonlySet<string>
  readonly #named = new Set<string>()
  readonly #asked = new Set<Field>()

  constructor({ without = {}, prefer = [] }: TwoWay) {
    this.#without = new Map(Object.entries(without))
    this.#prefer = new Set(prefer)
  }

  checkChoice(): void {
    const unknown = [...this.#without.keys(), ...this.#prefer].filter((name) => !this.#named.has(name))
    if (unknown.length > 0) throw invalid(`twoWay: the target has no field ${unknown.join(', ')}`)
  }

  /** The source's document, or one item of its list, from the fields that are made of it. */
  scope(node: Node, from: PathNode, name: string, root: Root | undefined, up: Scope | undefined): Node {
    const scope: Scope = { root, fields: this.#fieldsOf(node, from, name), up }
    const placed = scope.fields.flatMap((field): readonly Placed[] => {
      const back = this.#back(field.node, field.from, scope, field.name)
      if (typeof back === 'string') this.oneWay.push({ field: field.name, why: back })
      return typeof back === 'object' ? [{ ...back, field: field.name }] : []
    })
    return treeOf(this.#chosen(placed))
  }

  #fieldsOf(node: Node, from: PathNode, name: string): readonly Field[] {
    this.#named.add(name)
    if (this.#without.has(name)) return []
    if (node.op !== 'object') return [{ name, node, from }]
    return node.fields.flatMap(([key, field]) =>
      this.#fieldsOf(field, { ...from, keys: [...from.keys, key] }, name === '' ? key : `${name}.${key}`),
    )
  }

  /** Undefined: there is nothing to bring back. A text: why it cannot be. */
  #back(node: Node, from: Node, scope: Scope, name: string): Back | string | undefined {
    switch (node.op) {
      case 'constant':
      case 'index':
        return undefined
      case 'path':
        return backToPath(node, from, scope)
      case 'required':
        return this.#back(node.of, from, scope, name)
      case 'optional': {
        const back = this.#back(node.of, from, scope, name)
        return typeof back === 'object' ? { ...back, node: { op: 'optional', of: back.node } } : back
      }
      case 'call':
        return this.#backOfCall(node, from, scope, name)
      case 'each':
        return this.#backOfEach(node, from, scope, name)
      default:
        return lossOf(node) ?? `${node.op} has no way back`
    }
  }

  #backOfCall({ codec, args }: Extract<Node, { op: 'call' }>, from: Node, scope: Scope, name: string) {
    if (codec.back === undefined) return codec.lossy ?? `${codec.name} has no way back`
    const others = args.slice(1).map((arg) => this.#found(arg, scope))
    if (others.includes(undefined)) return `${codec.name} needs another field of the source, which does not come back`
    const back: Node = { op: 'call', codec: codec.back, args: [from, ...(others as readonly Node[])] }
    return this.#back(args[0]!, back, scope, name)
  }

  #backOfEach(node: EachNode, from: Node, scope: Scope, name: string): Back | string | undefined {
    const loss = lossOf(node)
    if (loss !== undefined) return loss
    const inner: Root = Object.freeze({ path: `${name}[]`, depth: 1 + depthOf(scope) })
    const item = this.scope(node.item, { op: 'path', root: inner, keys: [] }, `${name}[]`, node.root, scope)
    return this.#back(node.list, { op: 'each', list: from, root: inner, item }, scope, name)
  }

  /** The same expression over the target instead of the source. */
  #found(node: Node, scope: Scope): Node | undefined {
    if (node.op === 'constant') return node
    if (node.op === 'path') return this.#foundPath(node, scope)
    if (node.op === 'required') {
      const of = this.#found(node.of, scope)
      return of && { ...node, of }
    }
    if (node.op !== 'call') return undefined
    const args = node.args.map((arg) => this.#found(arg, scope))
    return args.includes(undefined) ? undefined : { ...node, args: args as readonly Node[] }
  }

  #foundPath(path: PathNode, scope: Scope | undefined): Node | undefined {
    if (scope === undefined) return undefined
    if (!owns(scope, path)) return this.#foundPath(path, scope.up)
    const wanted = pathText(path.root, path.keys)
    for (const field of scope.fields) {
      if (field.node.op === 'each' || this.#asked.has(field)) continue
      this.#asked.add(field) // two amounts that need each other
      const back = this.#back(field.node, field.from, scope, field.name)
      this.#asked.delete(field)
      if (typeof back === 'object' && pathText(back.path.root, back.path.keys) === wanted) {
        return back.node.op === 'optional' ? back.node.of : back.node
      }
    }
    return undefined
  }

  /** One field for each place: where several come from one, or from parts of it, the preferred one. */
  #chosen(placed: readonly Placed[]): readonly Placed[] {
    return placed.filter((one) => {
      const rivals = placed.filter((other) => other !== one && overlaps(one.path, other.path))
      if (rivals.length === 0) return true
      const preferred = [one, ...rivals].filter(({ field }) => this.#prefer.has(field))
      if (preferred.length === 1) return preferred[0] === one
      const why = `${rivals.map(({ field }) => field).join(', ')} comes from the same ${pathText(one.path.root, one.path.keys)}; name the one that counts in prefer`
      this.oneWay.push({ field: one.field, why })
      return false
    })
  }
}

const depthOf = ({ up }: Scope): number => (up === undefined ? 0 : 1 + depthOf(up))

const owns = ({ root }: Scope, path: PathNode): boolean =>
  root === undefined ? path.root.depth === 0 && path.root.of === undefined : path.root === root

function backToPath(path: PathNode, from: Node, scope: Scope): Back | string {
  if (path.root.of !== undefined) return 'a value of another kind is not there'
  if (!owns(scope, path)) return 'it is read outside its list'
  if (path.keys.some((key) => typeof key === 'number')) return 'the other elements of the list'
  return { path, node: from }
}

function overlaps({ keys: a }: PathNode, { keys: b }: PathNode): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.every((key, i) => key === long[i])
}

/** A literal that holds every value at its place; the value itself where that is the whole. */
function treeOf(placed: readonly Placed[]): Node {
  const whole = placed.find(({ path }) => path.keys.length === 0)
  if (whole !== undefined) return whole.node
  return objectOf(placed.map(({ path, node }) => ({ keys: path.keys as readonly string[], node })))
}

function objectOf(placed: readonly { readonly keys: readonly string[]; readonly node: Node }[]): Node {
  const names = [...new Set(placed.map(({ keys }) => keys[0]!))]
  const fields = names.map((name) => {
    const inner = placed.filter(({ keys }) => keys[0] === name)
    const end = inner.find(({ keys }) => keys.length === 1)
    const node = end?.node ?? objectOf(inner.map((one) => ({ ...one, keys: one.keys.slice(1) })))
    return [name, node] as const
  })
  return { op: 'object', fields }
}
