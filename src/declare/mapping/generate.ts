import { interpreted } from './interpret.ts'
import type { Constant, EachNode, Key, Node, Root } from './node.ts'
import { append, checkList, isInherited, missing, piece, readOwn } from './read.ts'
import { invalid } from './recorder.ts'

/** The text of a function body, and the things that it takes by name: functions and skips are handed in, never printed. */
export interface Generated {
  readonly code: string
  readonly handed: readonly unknown[]
}

/**
 * Writes an expression as plain JavaScript. Every name and constant of the declaration passes through JSON.stringify, and only through it,
 * on its way into the text.
 */
export function generate(node: Node): Generated {
  const writer = new Writer()
  const body = new Block()
  // A message without a body is rare: the interpreter takes it, so that no read of the source asks whether there is one.
  const nothing = writer.hand(interpreted(node))
  body.markSolid(SOURCE)
  const result = writer.write(node, body)
  const names = writer.handed.map((_, i) => `h${i}`).join(', ')
  const head = [`'use strict'`, `const [${names}] = handed`, `return (${SOURCE}) => {`]
  const code = [...head, `if (${SOURCE} == null) return ${nothing}(${SOURCE})`, ...body.lines, `return ${result}`, '}']
  return { code: code.join('\n'), handed: writer.handed }
}

/** The parameter of the function that is written. */
const SOURCE = 's'

/** Lines between two braces, and what is known there. What an arm of a choice finds out holds in that arm only. */
class Block {
  readonly lines: string[] = []
  readonly #up: Block | undefined
  readonly #reads = new Map<string, string>()
  readonly #solid = new Set<string>()
  readonly #skip: ((thing: string) => string) | undefined

  constructor(up?: Block, skip?: (thing: string) => string) {
    this.#up = up
    this.#skip = skip
  }

  /** The statement that ends what is being made with a skip: the whole message, or the piece around it. */
  skip(thing: string): string {
    if (this.#skip !== undefined) return this.#skip(thing)
    return this.#up === undefined ? `return ${thing}` : this.#up.skip(thing)
  }

  /** The local that holds this read already. */
  known(read: string): string | undefined {
    return this.#reads.get(read) ?? this.#up?.known(read)
  }

  remember(read: string, local: string): void {
    this.#reads.set(read, local)
  }

  /** From here on this local is neither null nor undefined. */
  markSolid(local: string): void {
    this.#solid.add(local)
  }

  isSolid(local: string): boolean {
    return this.#solid.has(local) || (this.#up?.isSolid(local) ?? false)
  }
}

/** Constants as JavaScript; U+2028 and U+2029 end a line in the text of old engines. */
const literal = (value: Constant): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')

class Writer {
  readonly handed: unknown[] = []
  readonly #items = new Map<Root, { readonly item: string; readonly index: string }>()
  readonly #narrowed = new Map<Root, string>()
  #locals = 0

  /** Appends the lines that compute `node`; returns the local or the constant that holds it. */
  write(node: Node, block: Block): string {
    switch (node.op) {
      case 'path':
        return node.keys.reduce<string>((from, key) => this.#read(from, key, block), this.#rootOf(node.root, block))
      case 'constant':
        return literal(node.value)
      case 'object':
        return this.#writeObject(node.fields, block)
      case 'each':
        return this.#writeEach(node, block)
      case 'index':
        return this.#itemOf(node.root).index
      case 'piece':
        return this.#writePiece(node, block)
      case 'only': {
        const value = this.write(node.of, block)
        return this.#bind(`${this.write(node.kind, block)} === ${literal(node.value)} ? ${value} : undefined`, block)
      }
      case 'text': {
        const pieces = node.parts.flatMap((part, i) => {
          const arg = node.args[i]
          return arg === undefined ? [literal(part)] : [literal(part), `${this.hand(piece)}(${this.write(arg, block)})`]
        })
        return this.#bindSolid(pieces.join(' + '), block)
      }
      case 'required': {
        const value = this.write(node.of, block)
        if (!block.isSolid(value)) {
          const end = node.otherwise === undefined ? `${this.hand(missing)}()` : block.skip(this.hand(node.otherwise))
          block.lines.push(`if (${value} == null) ${end}`)
          block.markSolid(value)
        }
        return value
      }
      case 'fallback': {
        const expression = `${this.write(node.of, block)} ?? ${literal(node.value)}`
        return node.value === null ? this.#bind(expression, block) : this.#bindSolid(expression, block)
      }
      case 'optional':
        return this.write(node.of, block)
      case 'when':
        return this.#writeWhen(node, block)
      case 'is':
        return this.#bindSolid(`${this.write(node.of, block)} === ${literal(node.value)}`, block)
      case 'present':
        return this.#bindSolid(`${this.write(node.of, block)} != null`, block)
      case 'not':
        return this.#bindSolid(`!${this.write(node.of, block)}`, block)
      case 'call':
        return this.#writeCall(node, block)
    }
  }

  #writeObject(fields: readonly (readonly [string, Node])[], block: Block): string {
    const written = fields.map(([name, node]) => ({ name: literal(name), local: this.write(node, block), node }))
    const literalOf = (some: typeof written): string =>
      `{ ${some.map(({ name, local }) => `${name}: ${local}`).join(', ')} }`
    const optional = written.filter(({ node }) => node.op === 'optional')
    if (optional[0] === undefined) return this.#bindSolid(literalOf(written), block)
    // A literal makes its object at once, a store at a time takes longer: mostly everything is there.
    const cut = written.indexOf(optional[0])
    const out = this.#local()
    block.lines.push(
      `let ${out}`,
      `if (${optional.map(({ local }) => `${local} != null`).join(' && ')}) ${out} = ${literalOf(written)}`,
      `else {`,
      `${out} = ${literalOf(written.slice(0, cut))}`,
    )
    for (const { name, local, node } of written.slice(cut)) {
      block.lines.push(`${node.op === 'optional' ? `if (${local} != null) ` : ''}${out}[${name}] = ${local}`)
    }
    block.lines.push('}')
    block.markSolid(out)
    return out
  }

  #writeEach({ list, root, keep = [], item, flat }: EachNode, block: Block): string {
    const from = this.write(list, block)
    const [out, index, element] = [this.#local(), this.#local(), this.#local()]
    this.#items.set(root, { item: element, index })
    const inner = new Block(block)
    inner.markSolid(index)
    for (const { test } of keep) inner.lines.push(`if (!${this.write(test, inner)}) continue`)
    const made = this.write(item, inner)
    // A list that keeps its length is made at once.
    const whole = keep.length === 0 && flat === undefined
    const put = whole ? `${out}[${index}] = ${made}` : `${out}.push(${made})`
    block.lines.push(
      `let ${out} = ${from}`,
      `if (${from} != null) {`,
      `${this.hand(checkList)}(${from})`,
      `${out} = ${whole ? `new Array(${from}.length)` : '[]'}`,
      `for (let ${index} = 0; ${index} < ${from}.length; ${index}++) {`,
      `const ${element} = ${from}[${index}]`,
      ...inner.lines,
      flat === undefined ? put : `${this.hand(append)}(${out}, ${made})`,
      '} }',
    )
    return out
  }

  /** A labelled block: a skip within it leaves it and becomes the piece's value. */
  #writePiece({ id, of }: Extract<Node, { op: 'piece' }>, block: Block): string {
    const name = this.write(id, block)
    const [out, label] = [this.#local(), this.#local()]
    const inner = new Block(block, (thing) => `{ ${out} = ${thing}; break ${label} }`)
    const made = this.write(of, inner)
    block.lines.push(`let ${out}`, `${label}: {`, ...inner.lines, `${out} = ${made}`, '}')
    return this.#bindSolid(`{ id: ${name}, value: ${out} }`, block)
  }

  #writeWhen({ test, yes, no }: Extract<Node, { op: 'when' }>, block: Block): string {
    const condition = this.write(test, block)
    const out = this.#local()
    const [first, second] = [new Block(block), new Block(block)]
    const [a, b] = [this.write(yes, first), this.write(no, second)]
    block.lines.push(`let ${out}`, `if (${condition}) {`, ...first.lines, `${out} = ${a}`)
    block.lines.push('} else {', ...second.lines, `${out} = ${b}`, '}')
    return out
  }

  #writeCall({ codec, args }: Extract<Node, { op: 'call' }>, block: Block): string {
    const locals = args.map((arg) => this.write(arg, block))
    const value = locals[0]!
    const run = `${this.hand(codec.run)}(${locals.join(', ')})`
    const made =
      codec.method === undefined ? run : `typeof ${value} === 'string' ? (${value}).${codec.method}() : ${run}`
    if (codec.takesNull === true || block.isSolid(value)) return this.#bind(made, block)
    return this.#bind(`${value} == null ? ${value} : ${made}`, block)
  }

  #rootOf(root: Root, block: Block): string {
    if (root.of !== undefined) return this.#narrow(root, root.of, block)
    return root.depth === 0 ? SOURCE : this.#itemOf(root).item
  }

  #itemOf(root: Root): { readonly item: string; readonly index: string } {
    const locals = this.#items.get(root)
    if (locals === undefined) throw invalid(`${root.path} is used outside its each`)
    return locals
  }

  /** What a word has narrowed is computed once where several paths start from it. */
  #narrow(root: Root, of: Node, block: Block): string {
    const id = this.#narrowed.get(root) ?? `only ${this.#narrowed.size}`
    this.#narrowed.set(root, id)
    const known = block.known(id)
    if (known !== undefined) return known
    const local = this.write(of, block)
    block.remember(id, local)
    return local
  }

  #read(from: string, key: Key, block: Block): string {
    const id = `${from} ${literal(key)}`
    const known = block.known(id)
    if (known !== undefined) return known
    const property = `${from}[${literal(key)}]`
    const plain = block.isSolid(from) ? property : `${from} == null ? ${from} : ${property}`
    const local = this.#bind(isInherited(key) ? `${this.hand(readOwn)}(${from}, ${literal(key)})` : plain, block)
    block.remember(id, local)
    return local
  }

  #bind(expression: string, block: Block): string {
    const local = this.#local()
    block.lines.push(`const ${local} = ${expression}`)
    return local
  }

  #bindSolid(expression: string, block: Block): string {
    const local = this.#bind(expression, block)
    block.markSolid(local)
    return local
  }

  #local(): string {
    return `v${this.#locals++}`
  }

  hand(thing: unknown): string {
    const known = this.handed.indexOf(thing)
    return `h${known >= 0 ? known : this.handed.push(thing) - 1}`
  }
}
