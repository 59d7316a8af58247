import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { pathToFileURL } from 'node:url'

/** What V8 says of `import`, `export`, `import.meta` and `await` where a file is read as CommonJS. */
const ONLY_IN_MODULES =
  /^Cannot use import statement outside a module|^Unexpected token 'export'|^Cannot use 'import\.meta'|^await is only valid/

/**
 * What to do about a syntax error that is none: the file is an ES module, and Node was told that it is CommonJS. `undefined` for every other
 * error. Without a `type` in package.json Node finds out by itself. https://nodejs.org/docs/latest/api/packages.html#determining-module-system
 */
export function commonJsAdvice(file: string, message: string): string | undefined {
  if (!ONLY_IN_MODULES.test(message)) return undefined
  if (/\.c[jt]s$/.test(file)) return `Its name says CommonJS; call it ${file.replace(/c([jt]s)$/, 'm$1')}.`
  const description = findPackageJSON(pathToFileURL(file))
  if (description === undefined || typeOf(description) !== 'commonjs') return undefined
  const renamed = file.replace(/\.([jt]s)$/, '.m$1')
  return `${description} says "type": "commonjs": write "type": "module" there, or call the file ${renamed}.`
}

function typeOf(description: string): unknown {
  try {
    return (JSON.parse(readFileSync(description, 'utf8')) as { readonly type?: unknown }).type
  } catch {
    return undefined
  }
}
