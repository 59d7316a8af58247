import { execFile } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { type Place, placeAbove } from './place.ts'

/**
 * Where a syntax error is that V8 found only after the types were removed: such an error carries no place when it is caught. A second
 * Node, in which nobody catches it, prints it. Nothing of the file runs there: it cannot be linked.
 */
export function syntaxPlace(file: string): Promise<Place | undefined> {
  const script = `import ${JSON.stringify(pathToFileURL(file).href)}`
  const options = { timeout: 10_000, maxBuffer: 1_048_576 }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...process.execArgv, '--input-type=module', '--eval', script],
      options,
      (_, __, stderr) => resolve(placeAbove(stderr)),
    )
  })
}
