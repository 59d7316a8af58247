import { existsSync } from 'node:fs'
import { dirname, extname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Place, placeOf } from './place.ts'

interface Missing {
  readonly place: Place | undefined
  readonly text: string
  readonly advice: string
}

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js']

/** Explains Node's "Cannot find … imported from …": which line imports it, and what would be found. */
export function missingImport(error: Error & { readonly url?: string }): Missing {
  const importer = filePath(/ imported from (.+?)$/m.exec(error.message)?.[1] ?? '')
  const wanted = /^Cannot find (module|package) '(.+?)' imported/.exec(error.message)
  if (wanted?.[1] === 'package') {
    const name = wanted[2]!
    return {
      place: placeOf(importer, quoted(name)),
      text: `cannot find package '${name}'`,
      advice: `Install it: npm install ${name}`,
    }
  }
  if (wanted?.[1] === 'module' || error.message.startsWith('Directory import')) {
    const path = filePath(wanted?.[2] ?? /'(.+?)'/.exec(error.message)?.[1] ?? '')
    return missingFile(importer, path)
  }
  const subpath = /subpath '\.\/(.+?)'/.exec(error.message)?.[1]
  return {
    place: subpath === undefined ? undefined : placeOf(importer, new RegExp(`['"][^'"]+/${escaped(subpath)}['"]`)),
    text: error.message.split(' imported from ')[0] ?? error.message,
    advice: 'Look into the "exports" of that package.json for the names that it gives.',
  }
}

function missingFile(importer: string, path: string): Missing {
  const written = relative(dirname(importer), path)
  const near = [...EXTENSIONS.map((extension) => path + extension), path.replace(/\.m?js$/, '.ts')].find(existsSync)
  return {
    place: placeOf(importer, quoted(written)),
    text: `cannot find '${dotted(written)}'`,
    advice:
      near === undefined || near === path
        ? 'Make the file, or correct the path.'
        : `Write the name with its ending: '${dotted(relative(dirname(importer), near))}'${extname(near) === '.ts' ? ' (Node runs TypeScript under its own name)' : ''}.`,
  }
}

const dotted = (path: string): string => (path.startsWith('.') ? path : `./${path}`)
const filePath = (text: string): string => (text.startsWith('file:') ? fileURLToPath(text) : text)
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
/** A specifier in quotes that starts with a package's name, or ends with a file's path. */
const quoted = (name: string): RegExp => new RegExp(`['"](\\./)?${escaped(name)}(/[^'"]*)?['"]`)
