import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'

/** A place in a source file. Lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The text of the line. */
  readonly source?: string
}

/** Our own folder, `src/` or `dist/`: a thrown error points to the person's code, not into ours. */
const OURS = new URL('../../', import.meta.url).href

const LINE_LIMIT = 200

/** The place with its source line; the line is left out where it cannot be shown. */
function placeAt(file: string, line: number, column: number): Place {
  const source = linesOf(file)[line - 1]
  return source === undefined || source.length > LINE_LIMIT ? { file, line, column } : { file, line, column, source }
}

/** Where text first stands in a file, as a whole word if it is one. */
export function placeOf(file: string, found: RegExp): Place | undefined {
  const lines = linesOf(file)
  const index = lines.findIndex((line) => found.test(line))
  return index < 0 ? undefined : placeAt(file, index + 1, lines[index]!.search(found) + 1)
}

/** The first frame of a stack that is a person's code: not Node's, not ours, not a package's. */
export function placeInStack(stack: string): Place | undefined {
  for (const [, url = '', line, column] of stack.matchAll(/\(?(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/gm)) {
    if (url.startsWith(OURS) || url.includes('/node_modules/') || isBuiltin(url)) continue
    return placeAt(fileURLToPath(withoutQuery(url)), Number(line), Number(column))
  }
  return undefined
}

/** What Node prints above a syntax error: `file:line`, then the line, then `^` under the place. */
export function placeAbove(text: string): Place | undefined {
  const head = /^(file:\/\/\S+|\/\S+):(\d+)\n/m.exec(text)
  if (head === null) return undefined
  const caret = /^( *)\^/m.exec(text.slice(head.index))
  const file = head[1]!.startsWith('file:') ? fileURLToPath(withoutQuery(head[1]!)) : head[1]!
  return placeAt(file, Number(head[2]), (caret?.[1]?.length ?? 0) + 1)
}

const withoutQuery = (url: string): string => url.replace(/[?#].*$/, '')

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch {
    return []
  }
}
