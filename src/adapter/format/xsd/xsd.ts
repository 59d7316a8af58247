import type { ErrorDetail, XmlDocument } from 'libxml2-wasm'
import { TielineError } from '../../../core/error.ts'
import type { XmlSource } from '../place.ts'

export interface XsdOptions {
  /** Schemas that this one includes or imports, by the `schemaLocation` that names them, as it resolves beside `name`. Nothing else is read. */
  readonly schemas?: Readonly<Record<string, string>>
  /** Where the schema would stand among `schemas`: `maindoc/UBL-Invoice-2.1.xsd`. Default `schema.xsd`. */
  readonly name?: string
  /** Bytes of one document. Default 16,777,216: a document is held whole, and takes about ten times its size while it is checked. */
  readonly maxBytes?: number
}

export interface XsdIssue {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** A compiled schema. */
export interface Xsd extends Disposable {
  /**
   * What is wrong with a document, or with one record of a stream (`source: true` of `xmlRecords`; lines are then those of the file). Empty: it is
   * valid. At most 100 issues.
   * @throws {TielineError} BODY_TOO_LARGE
   */
  check(document: Uint8Array | string | XmlSource): readonly XsdIssue[]
}

/** More tell nobody anything, and a million of them would be held at once. */
const MOST_ISSUES = 100

/**
 * Compiles a schema of XML Schema 1.0 with libxml2 in WebAssembly, which has neither network nor files. Documents with a DTD are invalid.
 * @throws {TielineError} DECLARATION_INVALID with the line of the schema that cannot be used
 */
export async function xsd(schema: string, options: XsdOptions = {}): Promise<Xsd> {
  // Here and not at the top: a megabyte of WebAssembly, for those who use it.
  const libxml = await import('libxml2-wasm')
  const { name = 'schema.xsd', maxBytes = 16_777_216, schemas = {} } = options
  const { XmlDocument: Document, XsdValidator, XmlLibError, ParseOption: flag } = libxml
  const flags = flag.XML_PARSE_NONET | flag.XML_PARSE_NO_XXE | flag.XML_PARSE_BIG_LINES | flag.XML_PARSE_NOCDATA

  const detailsOf = (thrown: unknown): readonly ErrorDetail[] => {
    if (!(thrown instanceof XmlLibError)) throw thrown
    return thrown.details
  }
  const parsed = (text: Uint8Array | string, url?: string): XmlDocument => {
    const settings = { option: flags, ...(url !== undefined && { url }) }
    return typeof text === 'string' ? Document.fromString(text, settings) : Document.fromBuffer(text, settings)
  }

  const buffers = Object.fromEntries(Object.entries(schemas).map(([path, text]) => [path, Buffer.from(text)]))
  const provider = new libxml.XmlBufferInputProvider(buffers)
  libxml.xmlRegisterInputProvider(provider)
  let validator: InstanceType<typeof XsdValidator>
  try {
    using document = parsed(schema, name)
    validator = XsdValidator.fromDoc(document)
  } catch (thrown) {
    const [first] = detailsOf(thrown)
    const where = first === undefined ? '' : `line ${first.line}: ${first.message.trim()}`
    throw new TielineError('DECLARATION_INVALID', `the schema cannot be used: ${where}`, { cause: thrown })
  } finally {
    libxml.xmlCleanupInputProvider()
  }

  return Object.freeze({
    check(document: Uint8Array | string | XmlSource): readonly XsdIssue[] {
      const source = typeof document === 'string' || document instanceof Uint8Array ? document : document.text
      const before = typeof document === 'string' || document instanceof Uint8Array ? 0 : document.line - 1
      const size = typeof source === 'string' ? Buffer.byteLength(source) : source.length
      if (size > maxBytes)
        throw new TielineError(
          'BODY_TOO_LARGE',
          `the document has ${size} bytes, at most ${maxBytes} are checked at once: check it record by record`,
        )
      try {
        using tree = parsed(source)
        if (tree.dtd !== null) return [{ line: before + 1, message: 'the document has a DTD, which is refused' }]
        validator.validate(tree)
        return []
      } catch (thrown) {
        return detailsOf(thrown)
          .slice(0, MOST_ISSUES)
          .map(({ line, message }) => ({ line: before + line, message: message.trim() }))
      }
    },
    [Symbol.dispose]: () => validator.dispose(),
  })
}
