import { TielineError } from '../../../core/error.ts'

/** Bounds of what one file may make the reader hold. */
export interface XmlLimits {
  /** Elements within elements. Default 256, as libxml2; more than any schema in use needs. */
  readonly depth?: number
  /** Of one element. Default 256. */
  readonly attributes?: number
  /** Characters of a name. Default 1,024. */
  readonly name?: number
  /** Characters of one text, attribute value, comment or CDATA section. Default 10,000,000, as libxml2: room for a PDF in an invoice. */
  readonly text?: number
  /** Characters of names, attributes and text that one record may hold; a larger one is a fault. Default 16,777,216. */
  readonly record?: number
}

/** What reader and writer share: how a file is built, in names that do not depend on the sender's prefixes. */
export interface XmlShape {
  /** From the root to the element that is one record: `Invoices/Invoice`, `inv:Batch/inv:Invoice`; the root alone: the whole file. */
  readonly at: string
  /** Prefix to namespace; `''` for names without a prefix. Default: names without a namespace. */
  readonly namespaces?: Readonly<Record<string, string>>
}

export interface XmlOptions extends XmlShape {
  /** Paths in the record that are lists, however many there are: `Line`, `Line/Note`. An element that repeats elsewhere is a fault. */
  readonly lists?: readonly string[]
  /** Paths in the record whose text has elements between: they become `#mixed`. Elsewhere that is a fault. */
  readonly mixed?: readonly string[]
  /** Decode these paths only, each with all that is in it: `cbc:ID`, `cac:Party/cbc:Name`, `Amount/@currency`. Default: all. */
  readonly fields?: readonly string[]
  /** Give each record as a document of its own too, for `xsd`. */
  readonly source?: boolean
  readonly limits?: XmlLimits
}

export const XML_LIMITS: Readonly<Required<XmlLimits>> = Object.freeze({
  depth: 256,
  attributes: 256,
  name: 1_024,
  text: 10_000_000,
  record: 16_777_216,
})

const XML = 'http://www.w3.org/XML/1998/namespace'

/** A name of XML without a colon; the characters of https://www.w3.org/TR/xml-names/#NT-NCName */
const START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}'
const PART = `[${START}][${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`
const NCNAME = new RegExp(`^${PART}$`, 'u')
const QNAME = new RegExp(`^(?:(${PART}):)?${PART}$`, 'u')

export const isNcName = (name: string): boolean => NCNAME.test(name)

/** Declared prefixes by namespace: `xml` is always there. */
export function declaredPrefixes(namespaces: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  const prefixes = new Map([[XML, 'xml']])
  for (const [prefix, uri] of Object.entries(namespaces)) {
    if (prefix !== '' && (!isNcName(prefix) || /^xml/i.test(prefix)))
      wrong(`namespaces: ${JSON.stringify(prefix)} is not a prefix`)
    if (typeof uri !== 'string' || uri === '')
      wrong(`namespaces: ${JSON.stringify(prefix)} needs the address of a namespace`)
    if (prefixes.has(uri)) wrong(`namespaces: ${JSON.stringify(uri)} has two prefixes; keep one`)
    prefixes.set(uri, prefix)
  }
  return prefixes
}

/** Splits a path and checks that each of its prefixes is declared. */
export function splitPath(path: string, option: string, { namespaces = {} }: XmlShape): readonly string[] {
  const steps = path.split('/')
  for (const step of steps) {
    const name = step.startsWith('@') ? step.slice(1) : step
    const found = QNAME.exec(name)
    if (found === null && step !== '#text')
      wrong(`${option}: ${JSON.stringify(path)} is not a path of names, as in Invoices/Invoice`)
    const prefix = found?.[1]
    if (prefix !== undefined && prefix !== 'xml' && !Object.hasOwn(namespaces, prefix))
      wrong(`${option}: the prefix ${JSON.stringify(prefix)} of ${JSON.stringify(path)} is not in namespaces`)
  }
  return steps
}

function wrong(message: string): never {
  throw new TielineError('DECLARATION_INVALID', message)
}
