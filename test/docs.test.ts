import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
)

/** Code in a page stands below `<!-- from: FILE -->` or `<!-- from: FILE#REGION -->` and is that file's, or that region's, text. */
const INCLUDED = /<!-- from: (\S+?)(?:#(\S+))? -->\n+```\w*\n([\s\S]*?)\n```/g

function region(file: string, name: string | undefined): string {
  const text = readFileSync(join(ROOT, file), 'utf8')
  if (name === undefined) return text.trimEnd()
  const lines = text.split('\n')
  const from = lines.findIndex((line) => line.trim() === `// #region ${name}`)
  const to = lines.findIndex((line, i) => i > from && line.trim() === '// #endregion')
  if (from < 0 || to < 0) throw new Error(`${file} has no region ${name}`)
  return lines
    .slice(from + 1, to)
    .join('\n')
    .trimEnd()
}

describe('the documents', () => {
  for (const page of pages) {
    const text = readFileSync(join(ROOT, page), 'utf8')
    it(`${page}: its code is the code that runs`, () => {
      for (const [, file = '', name, code] of text.matchAll(INCLUDED)) expect(code, `${file}#${name}`).toBe(region(file, name))
    })
    it(`${page}: its links lead somewhere`, () => {
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map((found) => found[1] ?? '')
      const here = join(ROOT, page, '..')
      const broken = links.filter((link) => !exists(resolve(here, link)))
      expect(broken).toEqual([])
    })
  }
})

function exists(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR'
  }
}
