import { TielineError } from '../../../core/error.ts'
import type { Format, Place, Say } from '../place.ts'
import { textIntake } from '../text/intake.ts'
import type { XmlValue } from './frame.ts'
import { declaredPrefixes, splitPath, XML_LIMITS, type XmlOptions } from './options.ts'
import { planOf } from './plan.ts'
import { type Declared, XmlReader } from './reader.ts'
import { sniffXml } from './sniff.ts'

/**
 * Reads XML as a stream of records: each element at `at` becomes plain data. An element with only text is its text. Otherwise it is an
 * object: attributes as `@name`, elements by name in the declared prefixes (`{namespace}name` where none is declared), text beside
 * attributes as `#text`, text between elements as the list `#mixed`. Elements outside of `at` are passed over. There is no DTD and no
 * entity but the five of XML 1.0.
 * @throws {TielineError} DECLARATION_INVALID naming the option
 */
export function xmlRecords(options: XmlOptions): Format<XmlValue> {
  const path = splitPath(options.at, 'at', options)
  if (path.some((step) => /^[@#]/.test(step)))
    throw new TielineError('DECLARATION_INVALID', 'at: name elements only, from the root to the record')
  const limits = { ...XML_LIMITS, ...options.limits }
  for (const [name, limit] of Object.entries(limits))
    if (!(Number.isInteger(limit) && limit > 0))
      throw new TielineError('DECLARATION_INVALID', `limits.${name}: a whole number above 0 is expected`)
  const declared: Declared = {
    path,
    plan: planOf(options),
    prefixes: declaredPrefixes(options.namespaces),
    limits,
    source: options.source === true,
  }
  return Object.freeze({
    format: 'xml' as const,
    open: (say: Say<XmlValue>, from?: Place) => textIntake(new XmlReader(declared, say, from), sniffXml, from),
  })
}
