import type { Bench } from './bench.ts'
import { measureFormat } from './format/measure.ts'

/** MB per second of a file of six columns from disk to records. The peer is uDSV alone, its row objects counted. */
export const csv: Bench = (options) => measureFormat('csv', ['tieline', 'bare-parser'], undefined, options)
