import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Sabotage } from './sabotage.ts'

const SOURCE = new URL('../../../src/', import.meta.url)

/**
 * Changes the product's source for every module that this thread loads from now on.
 * @throws {Error} when a text does not stand exactly once in its file: the code has moved on, and the sabotage must follow it
 */
export function plant({ name, changes }: Sabotage): void {
  const changed = new Map<string, string>()
  for (const { file, find, put } of changes) {
    const { href } = new URL(file, SOURCE)
    const source = changed.get(href) ?? readFileSync(fileURLToPath(href), 'utf8')
    const times = source.split(find).length - 1
    if (times !== 1) throw new Error(`sabotage ${name}: its text stands ${times} times in src/${file}; it must be once`)
    changed.set(
      href,
      source.replace(find, () => put),
    )
  }
  registerHooks({
    load: (url, context, next) => {
      const source = changed.get(url)
      return source === undefined ? next(url, context) : { format: 'module-typescript', source, shortCircuit: true }
    },
  })
}
