import { commonJsAdvice } from './common-js.ts'
import { missingImport } from './missing-import.ts'
import type { Mistake } from './mistake.ts'
import { type Place, placeAbove, placeInStack } from './place.ts'
import { syntaxPlace } from './syntax.ts'

interface Thrown {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly stack?: string
  readonly advice?: string
}

/** What a failed import of a configuration file means: the place in the person's code, one sentence, and what to do. */
export async function explain(file: string, thrown: unknown): Promise<Mistake> {
  const error: Thrown = thrown instanceof Error ? thrown : { message: `threw ${String(thrown)}` }
  const { code = '', message = '', stack = '' } = error
  const mistake = (place: Place | undefined, text: string, advice: string): Mistake => ({
    kind: 'mistake',
    file,
    ...place,
    message: text,
    advice,
  })
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return mistake(placeAbove(stack), message, ERASABLE)
  }
  if (error.name === 'SyntaxError') {
    const noExport = /module '(.+)' does not provide an export named '(.+)'/.exec(message)
    if (noExport !== null)
      return mistake(placeAbove(stack), message, await exportAdvice(noExport[1]!, noExport[2]!, placeAbove(stack)))
    const place = placeAbove(stack) ?? (await syntaxPlace(file))
    const advice = commonJsAdvice(place?.file ?? file, message)
    if (advice !== undefined) return mistake(place, `an ES module is read as CommonJS: ${message}`, advice)
    return mistake(place, `syntax error: ${message}`, 'Correct the syntax at this place.')
  }
  if (code.startsWith('ERR_') && / imported from /.test(message)) {
    const { place, text, advice } = missingImport(error as Error)
    return mistake(place, text, advice)
  }
  const place = placeInStack(stack)
  if (error.name === 'TielineError') return mistake(place, `${code}: ${message}`, error.advice ?? '')
  const named = error.name === undefined || error.name === 'Error' ? message : `${error.name}: ${message}`
  return mistake(place, named, 'The file threw this while it was loaded; correct the line, or what it reads.')
}

const ERASABLE =
  'Node removes types and runs the rest: no enum, no namespace with code, no parameter property, no decorator. Use a const object, a module, a field. `erasableSyntaxOnly` in tsconfig.json says so earlier.'

/** A type imported as a value is the usual cause; else a name that is nearly right. */
async function exportAdvice(module: string, name: string, place: Place | undefined): Promise<string> {
  const names = await exportsOf(module, place)
  const near = names.find((known) => known.toLowerCase() === name.toLowerCase() || distance(known, name) <= 2)
  if (near !== undefined) return `Did you mean '${near}'?`
  return `If ${name} is a type, write: import { type ${name} } from '${module}'`
}

async function exportsOf(module: string, place: Place | undefined): Promise<readonly string[]> {
  try {
    const base = place === undefined ? import.meta.url : `file://${place.file}`
    const url = module.startsWith('.') ? new URL(module, base).href : module
    return Object.keys((await import(url)) as object)
  } catch {
    return []
  }
}

/** Levenshtein distance. Source: V. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966. */
function distance(left: string, right: string): number {
  let row = [...Array(right.length + 1).keys()]
  for (const [i, a] of [...left].entries()) {
    const next = [i + 1]
    for (const [j, b] of [...right].entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a === b ? 0 : 1)))
    }
    row = next
  }
  return row[right.length]!
}
