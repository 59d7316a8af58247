import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { App } from 'tieline'
import { describe, expect, it } from 'vitest'
import { generatedPages } from '../docs/generate.ts'
import { checkDeclarations } from '../src/derive/check/checks.ts'

const ROOT = resolve(import.meta.dirname, '..')
const below = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  below('docs', '.md'),
  below('examples', '.md'),
)

/** Code in a page stands below `<!-- from: FILE -->` or `<!-- from: FILE#REGION -->` and is that file's, or that region's, text. */
const INCLUDED = /<!-- from: (\S+?)(?:#(\S+))? -->\n+```\w*\n([\s\S]*?)\n```/g
const TYPESCRIPT = /^```(?:ts|typescript|js|javascript)\b/gm

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
      const included = [...text.matchAll(INCLUDED)]
      for (const [, file = '', name, code] of included) expect(code, `${file}#${name}`).toBe(region(file, name))
      expect([...text.matchAll(TYPESCRIPT)].length, 'code that is included from nowhere').toBeLessThanOrEqual(
        included.length,
      )
    })
    it(`${page}: its links lead somewhere`, () => {
      const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)]
      const broken = links
        .map(([, file = '', anchor]) => ({ file: file === '' ? page : join(page, '..', file), anchor }))
        .filter(({ file, anchor }) => !leads(file, anchor))
      expect(broken).toEqual([])
    })
  }

  for (const { page, now, fresh } of generatedPages()) {
    it(`${page} is what the code says now`, () => {
      expect(now, 'run: npm run docs:generate').toBe(fresh)
    })
  }

  it('docs/README.md lists every page', () => {
    const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8')
    const unlisted = below('docs', '.md').filter((page) => !index.includes(`](${page.slice('docs/'.length)})`))
    expect(unlisted).toEqual(['docs/README.md'])
  })
})

describe('the examples in the documents', () => {
  for (const file of below('examples/docs', '.ts').filter((name) => !name.endsWith('.test.ts'))) {
    it(`${file}: loads, and tieline check finds no error`, async () => {
      const { default: app } = (await import(join(ROOT, file))) as { readonly default?: App }
      if (app === undefined) return
      const { flows } = app.declaration
      const endpoints = [...new Set(flows.flatMap(({ inputs }) => inputs.map(({ from }) => from.endpoint)))]
      expect(checkDeclarations({ flows, endpoints })).toEqual([])
    })
  }

  it('examples/docs/mapping.ts: its document fits its contract', async () => {
    const { checked } = await import('../examples/docs/mapping.ts')
    expect(checked).toMatchObject({ ok: true, value: { total: '10.50', country: null } })
  })

  it('examples/docs/sandbox.ts: nothing is lost and nothing doubled', async () => {
    const { prove } = await import('../examples/docs/sandbox.ts')
    expect(await prove(20)).toEqual({ lost: [], doubled: [], outOfOrder: [], stale: [] })
  })

  it('examples/docs/simulate.ts: nothing breaks', async () => {
    const { prove } = await import('../examples/docs/simulate.ts')
    const { failed, story } = await prove()
    expect(failed, story).toEqual([])
  })

  it('examples/docs/file-secrets.ts: reads one value a line', async () => {
    const { fileSecrets } = await import('../examples/docs/file-secrets.ts')
    expect(fileSecrets(join(ROOT, 'docs')).read('NOTHING')).toEqual([])
    expect(fileSecrets(ROOT).read('.gitignore')).toHaveLength(2)
  })
})

/** A file or folder, and in it the heading that an anchor names, as GitHub makes anchors of headings. */
function leads(file: string, anchor: string | undefined): boolean {
  const path = join(ROOT, file)
  if (!existsSync(path)) return false
  if (anchor === undefined || !file.endsWith('.md')) return true
  const headings = readFileSync(path, 'utf8').match(/^#+ .*$/gm) ?? []
  return headings.some((heading) => slug(heading.replace(/^#+ /, '')) === anchor)
}

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
