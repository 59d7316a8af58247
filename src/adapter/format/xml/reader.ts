import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { TielineError } from '../../../core/error.ts'
import type { Item, Place, Say } from '../place.ts'
import { Cursor } from '../text/cursor.ts'
import type { Width } from '../text/encoding.ts'
import type { TextReader } from '../text/intake.ts'
import { escapeAttribute } from './escape.ts'
import { Frame, RecordFault, type XmlValue } from './frame.ts'
import type { XmlLimits } from './options.ts'
import type { Plan } from './plan.ts'
import { NamespaceFault, Scope } from './scope.ts'

/** The options, checked and with defaults. */
export interface Declared {
  readonly path: readonly string[]
  readonly plan: Plan
  readonly prefixes: ReadonlyMap<string, string>
  readonly limits: Required<XmlLimits>
  readonly source: boolean
}

/** A closed root before the place: all that may come is white space and comments. */
const DONE = '<_/>'

/**
 * V8 makes an object slow for good when more names are added to it by key than its class left room for, and each handler is one. A class of
 * our own has more room: with the eight handlers below saxes itself reads 8 MB/s, this one 40.
 */
class Parser extends SaxesParser {}

export class XmlReader implements TextReader {
  readonly #declared: Declared
  readonly #say: Say<XmlValue>
  readonly #parser = new Parser()
  readonly #scopes: Scope[]
  readonly #ancestors: string[] = []
  readonly #frames: Frame[] = []
  #cursor = new Cursor('single', 0)
  #encoding = ''
  #version = ''
  /** Characters before the piece that is read. */
  #before = 0
  #piece = ''
  #depth = 0
  /** How many steps of the path the open elements are. */
  #matched = 0
  /** Depth of the element that is passed over; 0: none. */
  #skipped = 0
  #fault: string | undefined
  #record: number
  #line = 0
  #size = 0
  /** Attributes of the tag that is read. The parser's own table of them is slow to walk. */
  readonly #names: string[] = []
  readonly #values: string[] = []
  #declares = false
  #prefixed = false
  #moved = false
  #stalled = 0
  #finished = false
  /** The element that closed last, as the sender calls it. */
  #closed = ''
  #textOn = false
  /** The last record, until it is sure that it ended with its own tag. */
  #ended: Item<XmlValue> | undefined
  #source: string | undefined
  #sourceFrom = 0
  readonly #from: Place | undefined

  constructor(declared: Declared, say: Say<XmlValue>, from: Place | undefined) {
    this.#declared = declared
    this.#say = say
    this.#from = from
    this.#record = from?.record ?? 0
    this.#scopes = [new Scope(declared.prefixes)]
    const parser = this.#parser
    parser.on('error', ({ message }) => {
      throw this.#explained(message.replace(/^\d+:\d+: /, ''))
    })
    parser.on('doctype', () => {
      throw this.broken('a document type declaration, which is refused: send the document without <!DOCTYPE …>')
    })
    parser.on('xmldecl', ({ version }) => {
      this.#version = version ?? ''
    })
    parser.on('attribute', ({ name, value }) => this.#attribute(name, value))
    parser.on('opentag', (tag) => this.#open(tag))
    parser.on('closetag', (tag) => this.#close(tag.name))
    parser.on('cdata', (text) => this.#text(text))
  }

  begin(encoding: string, width: Width, byte: number): void {
    this.#encoding = encoding
    this.#cursor = new Cursor(width, byte)
    if (this.#from === undefined) return
    const { prolog, line, column } = this.#from
    if (prolog === DONE) this.#finished = true
    this.#parser.write(prolog)
    this.#before = prolog.length
    this.#parser.line = line
    this.#parser.column = column - 1
  }

  take(text: string): void {
    this.#cursor.load(text, this.#piece.length)
    this.#before += this.#piece.length
    this.#piece = text
    this.#moved = false
    this.#parser.write(text)
    this.#flush()
    if (this.#source !== undefined) {
      this.#source += text.slice(this.#sourceFrom)
      this.#sourceFrom = 0
    }
    this.#stalled = this.#moved ? 0 : this.#stalled + text.length
    // Around a value stand names and quotes.
    if (this.#stalled > this.#declared.limits.text + 2 * this.#declared.limits.name) throw this.#longText()
  }

  end(): void {
    this.#parser.close()
  }

  broken(what: string): TielineError {
    const { line, column } = this.#parser
    const inside = this.#matched === this.#declared.path.length
    const record = inside ? `record ${this.#record + 1}` : `after record ${this.#record}`
    return new TielineError('BODY_MALFORMED', `line ${line}, column ${Math.max(column, 1)}, ${record}: ${what}`)
  }

  #attribute(name: string, value: string): void {
    this.#moved = true
    this.#flush()
    const { limits } = this.#declared
    if (this.#names.push(name) > limits.attributes)
      throw this.broken(`an element has more than ${limits.attributes} attributes`)
    if (name.length > limits.name) throw this.#longName()
    if (value.length > limits.text) throw this.#longText()
    this.#values.push(value)
    if (isDeclaration(name)) this.#declares = true
    else if (name.includes(':')) this.#prefixed = true
  }

  #open(tag: SaxesTagPlain): void {
    this.#moved = true
    this.#flush()
    const { limits } = this.#declared
    const depth = ++this.#depth
    if (depth > limits.depth) throw this.broken(`elements are nested deeper than ${limits.depth}`)
    if (tag.name.length > limits.name) throw this.#longName()
    let scope = this.#scopes[depth - 1] as Scope
    let name: string
    try {
      if (this.#declares) scope = scope.declare(this.#declarations())
      if (this.#prefixed) scope.checkAttributes(this.#names.filter((qname) => !isDeclaration(qname)))
      name = scope.element(tag.name)
    } catch (thrown) {
      throw thrown instanceof NamespaceFault ? this.broken(thrown.message) : thrown
    }
    this.#scopes[depth] = scope
    if (this.#skipped === 0) this.#place(tag, scope, name, depth)
    if (this.#names.length > 0) {
      this.#names.length = 0
      this.#values.length = 0
      this.#declares = false
      this.#prefixed = false
    }
  }

  /** What an element is to us: on the way to a record, a record, a part of one, or nothing. */
  #place(tag: SaxesTagPlain, scope: Scope, name: string, depth: number): void {
    const { path, plan } = this.#declared
    if (this.#matched < path.length) {
      if (this.#finished || this.#matched !== depth - 1 || path[this.#matched] !== name) return
      if (++this.#matched < path.length) this.#ancestors.push(this.#reopened(tag, scope))
      else this.#begin(tag, scope, name, plan)
      return
    }
    const above = this.#frames[this.#frames.length - 1] as Frame
    const below = above.plan.inside.get(name) ?? above.plan.rest
    if (below === undefined) {
      this.#skip(depth)
      return
    }
    try {
      above.divide()
      this.#enter(scope, name, below)
    } catch (thrown) {
      this.#spoil(thrown)
    }
  }

  #begin(tag: SaxesTagPlain, scope: Scope, name: string, plan: Plan): void {
    this.#line = this.#parser.line
    this.#size = 0
    this.#fault = undefined
    if (this.#declared.source) {
      this.#source = this.#reopened(tag, scope)
      this.#sourceFrom = this.#index
    }
    try {
      this.#enter(scope, name, plan)
    } catch (thrown) {
      this.#spoil(thrown)
    }
  }

  #enter(scope: Scope, name: string, plan: Plan): void {
    const frame = new Frame(name, plan)
    this.#frames.push(frame)
    this.#hear(plan.text)
    this.#grow(name.length)
    for (let i = 0; i < this.#names.length; i++) {
      const qname = this.#names[i] as string
      if (this.#declares && isDeclaration(qname)) continue
      const attribute = scope.attribute(qname)
      if (plan.attributes !== undefined && !plan.attributes.has(attribute)) continue
      const value = this.#values[i] as string
      frame.attribute(attribute, value)
      this.#grow(attribute.length + value.length)
    }
  }

  #close(qname: string): void {
    this.#moved = true
    this.#flush()
    this.#closed = qname
    const depth = this.#depth--
    if (this.#skipped > 0) {
      if (this.#skipped !== depth) return
      this.#skipped = 0
      if (this.#fault !== undefined) this.#finish(undefined)
      else this.#hear(this.#frames.at(-1)?.plan.text ?? false)
      return
    }
    const { path } = this.#declared
    if (this.#matched < path.length) {
      if (this.#matched !== depth) return
      this.#matched--
      this.#ancestors.pop()
      return
    }
    const frame = this.#frames[this.#frames.length - 1] as Frame
    try {
      const value = frame.close()
      this.#frames.pop()
      const above = this.#frames[this.#frames.length - 1]
      if (above === undefined) this.#finish(value as XmlValue)
      else {
        above.child(frame, value)
        this.#hear(above.plan.text)
      }
    } catch (thrown) {
      this.#spoil(thrown)
      if (depth === path.length) {
        this.#skipped = 0
        this.#finish(undefined)
      }
    }
  }

  #text(text: string): void {
    this.#moved = true
    if (text.length > this.#declared.limits.text) throw this.#longText()
    if (!this.#textOn) return
    const frame = this.#frames[this.#frames.length - 1] as Frame
    frame.text += text
    try {
      this.#grow(text.length)
    } catch (thrown) {
      this.#spoil(thrown)
    }
  }

  #flush(): void {
    if (this.#ended === undefined) return
    const ended = this.#ended
    this.#ended = undefined
    this.#say(ended)
  }

  /** The record is whole. */
  #finish(value: XmlValue | undefined): void {
    const { path } = this.#declared
    this.#matched = path.length - 1
    this.#hear(false)
    if (path.length === 1) this.#finished = true
    const read = { record: ++this.#record, line: this.#line, next: this.#next() }
    if (this.#fault !== undefined) {
      const fault = this.#fault
      this.#fault = undefined
      this.#source = undefined
      this.#ended = { as: 'fault', ...read, fault }
    } else if (this.#source === undefined) this.#ended = { as: 'record', ...read, value: value as XmlValue }
    else {
      const text = this.#source + this.#piece.slice(this.#sourceFrom, this.#index)
      this.#source = undefined
      this.#ended = { as: 'record', ...read, value: value as XmlValue, source: { text, line: this.#line } }
    }
  }

  /** A record that breaks a rule is passed over, and said as a fault at its end. */
  #spoil(thrown: unknown): void {
    if (!(thrown instanceof RecordFault)) throw thrown
    this.#fault = thrown.message
    this.#frames.length = 0
    this.#skip(this.#declared.path.length)
  }

  #skip(depth: number): void {
    this.#skipped = depth
    this.#hear(false)
  }

  /** Text that nobody wants is not cut out of the piece: this is where declared fields save time. */
  #hear(on: boolean): void {
    if (on === this.#textOn) return
    this.#textOn = on
    if (on) this.#parser.on('text', this.#onText)
    else this.#parser.off('text')
  }

  readonly #onText = (text: string): void => this.#text(text)

  #grow(characters: number): void {
    this.#size += characters
    if (this.#size > this.#declared.limits.record)
      throw new RecordFault(`the record has more than ${this.#declared.limits.record} characters`)
  }

  #declarations(): readonly (readonly [string, string])[] {
    return this.#names.flatMap((qname, i) =>
      isDeclaration(qname) ? [[qname.slice(6), this.#values[i] as string] as const] : [],
    )
  }

  /** The open tag on one line, with every namespace that is in force: the beginning of a document of its own. */
  #reopened(tag: SaxesTagPlain, scope: Scope): string {
    const own = this.#names.map((qname, i) => [qname, this.#values[i] as string] as const)
    const all = [
      ...[...scope.inForce()].map(([prefix, uri]) => [prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri] as const),
      ...own.filter(([qname]) => !isDeclaration(qname)),
    ]
    const text = all.map(([qname, value]) => ` ${qname}="${escapeAttribute(value)}"`).join('')
    return `<${tag.name}${text}${tag.isSelfClosing ? '/' : ''}>`
  }

  #next(): Place {
    const { line, column } = this.#parser
    const version = this.#version === '1.1' ? '<?xml version="1.1"?>' : ''
    return {
      byte: this.#cursor.at(this.#index),
      record: this.#record,
      line,
      column: column + 1,
      encoding: this.#encoding,
      prolog: this.#finished ? DONE : version + this.#ancestors.join(''),
    }
  }

  /** How many characters of the piece are read. */
  get #index(): number {
    return this.#parser.position - this.#before
  }

  #explained(what: string): TielineError {
    if (what === 'unexpected close tag.') {
      // The parser closes an element before it says that the tag was another's: that record never ended.
      if (this.#ended !== undefined) {
        this.#ended = undefined
        this.#record--
        this.#matched++
      }
      return this.broken(`another close tag than the expected </${this.#closed}>`)
    }
    this.#flush()
    const open = this.#frames.at(-1)?.name
    return this.broken(open === undefined ? what : `${what} The open element is ${open}.`)
  }

  #longName(): TielineError {
    return this.broken(`a name has more than ${this.#declared.limits.name} characters`)
  }

  #longText(): TielineError {
    return this.broken(`a text, attribute or comment has more than ${this.#declared.limits.text} characters`)
  }
}

const isDeclaration = (qname: string): boolean =>
  qname.charCodeAt(0) === 0x78 && qname.startsWith('xmlns') && (qname.length === 5 || qname[5] === ':')
