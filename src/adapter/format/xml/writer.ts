import { TielineError } from '../../../core/error.ts'
import type { Writer } from '../write.ts'
import { escapeAttribute, escapeText } from './escape.ts'
import { declaredPrefixes, isNcName, splitPath, type XmlShape } from './options.ts'

export interface XmlWriterOptions extends XmlShape {
  /** Default true: `<?xml version="1.0" encoding="UTF-8"?>`. */
  readonly declaration?: boolean
}

/** Characters that no XML 1.0 document may hold; `u` makes lone surrogates characters of their own. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/**
 * Writes what `xmlRecords` reads: attributes sorted by name, elements in the order of their keys, namespaces declared once at the root.
 * `undefined` is left out; numbers, big integers and booleans are written as JavaScript writes them.
 * @throws {TielineError} DECLARATION_INVALID naming the option
 */
export function xmlWriter(options: XmlWriterOptions): Writer<unknown> {
  const path = splitPath(options.at, 'at', options)
  if (path.some((step) => /^[@#]/.test(step)))
    throw new TielineError('DECLARATION_INVALID', 'at: name elements only, from the root to the record')
  declaredPrefixes(options.namespaces)
  const namespaces = options.namespaces ?? {}
  const known = new Set([...Object.keys(namespaces), 'xml'])
  const declarations = Object.entries(namespaces)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([prefix, uri]) => ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeAttribute(uri)}"`)
    .join('')
  const around = path.slice(0, -1)
  const name = path.at(-1) as string
  return Object.freeze({
    head:
      (options.declaration === false ? '' : '<?xml version="1.0" encoding="UTF-8"?>\n') +
      around.map((step, i) => `<${step}${i === 0 ? declarations : ''}>\n`).join(''),
    record: (value: unknown) => `${element(name, value, name, known, around.length === 0 ? declarations : '')}\n`,
    tail: [...around]
      .reverse()
      .map((step) => `</${step}>\n`)
      .join(''),
  })
}

function element(name: string, value: unknown, at: string, known: ReadonlySet<string>, declarations = ''): string {
  checkName(name, at, known)
  if (!isObject(value)) return `<${name}${declarations}>${escapeText(textOf(value, at))}</${name}>`
  let attributes = declarations
  let inside = ''
  for (const key of Object.keys(value)
    .filter((key) => key.startsWith('@'))
    .sort()) {
    if (value[key] === undefined) continue
    checkName(key.slice(1), `${at}/${key}`, known)
    attributes += ` ${key.slice(1)}="${escapeAttribute(textOf(value[key], `${at}/${key}`))}"`
  }
  for (const [key, part] of Object.entries(value)) {
    if (key.startsWith('@') || part === undefined) continue
    if (key === '#text') inside += escapeText(textOf(part, `${at}/#text`))
    else if (key === '#mixed') inside += mixed(part, at, known)
    else if (Array.isArray(part))
      inside += part.map((each, i) => element(key, each, `${at}/${key}[${i}]`, known)).join('')
    else inside += element(key, part, `${at}/${key}`, known)
  }
  return inside === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inside}</${name}>`
}

function mixed(parts: unknown, at: string, known: ReadonlySet<string>): string {
  if (!Array.isArray(parts)) return refuse(`${at}/#mixed`, 'a list of texts and elements')
  return parts
    .map((part, i) => {
      if (!isObject(part)) return escapeText(textOf(part, `${at}/#mixed[${i}]`))
      const [[name, value] = ['', undefined], ...more] = Object.entries(part)
      if (more.length > 0 || name === '') return refuse(`${at}/#mixed[${i}]`, 'an object with one element')
      return element(name, value, `${at}/${name}`, known)
    })
    .join('')
}

function textOf(value: unknown, at: string): string {
  if (typeof value === 'string') {
    if (FORBIDDEN.test(value)) refuse(at, 'text without characters that XML forbids')
    return value
  }
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return refuse(at, 'text, a finite number or a boolean; leave the key out where there is nothing')
}

function checkName(name: string, at: string, known: ReadonlySet<string>): void {
  const colon = name.indexOf(':')
  if (!isNcName(name.slice(colon + 1)) || (colon >= 0 && !known.has(name.slice(0, colon))))
    refuse(at, 'a name of XML, its prefix declared in namespaces')
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function refuse(at: string, expected: string): never {
  throw new TielineError('VALUE_INVALID', `${at}: ${expected} is expected`)
}
