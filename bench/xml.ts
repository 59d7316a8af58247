import type { Bench } from './bench.ts'
import { measureFormat } from './format/measure.ts'

/**
 * MB per second of a file of invoices from disk to records. `declared-fields` decodes seven fields of each only. The peer is the parser
 * alone, with namespaces, its events counted.
 */
export const xml: Bench = (options) =>
  measureFormat('xml', ['tieline', 'bare-parser', 'bare-parser-without-namespaces'], 'declared-fields', options)
