import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')

/** An import points to a lower floor only, or stays in its own room. */
const FLOORS: Readonly<Record<string, number>> = {
  core: 0,
  declare: 1,
  derive: 2,
  port: 2,
  engine: 3,
  adapter: 4,
  serve: 5,
  sandbox: 5,
  cli: 6,
  testing: 6,
}

/** Folders of adapter/ that are building blocks for the adapters beside them. */
const BLOCKS = new Set([
  'adapter/signature',
  'adapter/clock',
  'adapter/connector/http',
  'adapter/outbox',
  'adapter/format',
])

/** Files over 400 lines, each with its reason. */
const LONG: Readonly<Record<string, string>> = {}

interface Import {
  readonly file: string
  readonly to: string
  readonly typeOnly: boolean
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => join(SRC, name))
const text = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]))
const imports: readonly Import[] = files.flatMap((file) =>
  [
    ...(text.get(file) ?? '').matchAll(
      /^(import|export)\s+(type\s)?(?:[^'"\n]*|\{[^}]*\}[^'"\n]*)from\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map((found) => ({
    file,
    to: found[3] ?? found[4] ?? '',
    typeOnly: found[2] !== undefined,
  })),
)

const room = (file: string): string => relative(SRC, file).split('/')[0] ?? ''
const place = (file: string): string => relative(SRC, file)
const inside = (file: string, ...rooms: string[]): boolean => rooms.includes(room(file))
const target = ({ file, to }: Import): string => resolve(dirname(file), to)

/** `adapter/store/sqlite` of a file there; the unit that may not look sideways. */
function adapterOf(file: string): string {
  const parts = place(file).split('/')
  return parts.slice(0, parts[1] === 'store' || parts[1] === 'connector' ? 3 : 2).join('/')
}

describe('the floors of the house', () => {
  it('every folder of src/ has a floor', () => {
    const rooms = new Set(files.map(room).filter((name) => !name.endsWith('.ts')))
    expect([...rooms].filter((name) => !(name in FLOORS))).toEqual([])
  })

  it('an import points to a lower floor or stays in its room', () => {
    const wrong = imports
      .filter(({ to }) => to.startsWith('.'))
      .filter((one) => {
        const from = FLOORS[room(one.file)]
        const to = FLOORS[room(target(one))]
        if (from === undefined || to === undefined) return false // src/index.ts and src/app.ts compose
        if (room(one.file) === room(target(one))) return false
        return one.typeOnly && room(target(one)) === 'port' ? from > 2 && to >= from : to >= from
      })
      .map((one) => `${place(one.file)} -> ${one.to}`)
    expect(wrong).toEqual([])
  })

  it('adapters do not look sideways', () => {
    const wrong = imports
      .filter((one) => one.to.startsWith('.') && inside(one.file, 'adapter') && inside(target(one), 'adapter'))
      .filter((one) => adapterOf(one.file) !== adapterOf(target(one)) && !BLOCKS.has(adapterOf(target(one))))
      .filter((one) => place(one.file) !== 'adapter/store/from-url.ts')
      .map((one) => `${place(one.file)} -> ${one.to}`)
    expect(wrong).toEqual([])
  })

  it('there is no cycle', () => {
    const edges = new Map<string, string[]>()
    for (const one of imports) {
      if (!one.to.startsWith('.') || one.typeOnly) continue
      edges.set(one.file, [...(edges.get(one.file) ?? []), target(one)])
    }
    const cycles: string[] = []
    const done = new Set<string>()
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].map(place).join(' -> '))
      if (done.has(file) || path.includes(file)) return
      for (const next of edges.get(file) ?? []) walk(next, [...path, file])
      done.add(file)
    }
    for (const file of files) walk(file, [])
    expect(cycles).toEqual([])
  })

  it('what decides touches no node: module', () => {
    const wrong = imports.filter(
      (one) => one.to.startsWith('node:') && inside(one.file, 'core', 'declare', 'derive', 'port', 'engine'),
    )
    expect(wrong.map((one) => `${place(one.file)} -> ${one.to}`)).toEqual([])
  })

  it('clock, chance and network are passed in', () => {
    const banned =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\b(?:setTimeout|setInterval|setImmediate)\(|(?<![.\w])fetch\(|\bperformance\.now\(|\brandomUUID\(|\bAbortSignal\.timeout\(|\bWeakRef\b/
    const wrong = files
      .filter((file) => inside(file, 'core', 'declare', 'derive', 'port', 'engine'))
      .flatMap((file) =>
        (text.get(file) ?? '')
          .split('\n')
          .flatMap((line, i) => (banned.test(line) ? [`${place(file)}:${i + 1} ${line.trim()}`] : [])),
      )
    expect(wrong).toEqual([])
  })

  it('a file is read in a minute', () => {
    const lengths = files.map((file) => [place(file), (text.get(file) ?? '').split('\n').length] as const)
    const long = lengths.filter(([file, lines]) => lines > 400 && !(file in LONG))
    const sorted = lengths.map(([, lines]) => lines).sort((a, b) => a - b)
    expect(long).toEqual([])
    expect(sorted[sorted.length >> 1]).toBeLessThan(100)
  })

  it('no drawer for odds and ends', () => {
    const names = files.flatMap((file) => place(file).split('/'))
    expect(names.filter((name) => /^(util|utils|common|lib|helper|helpers|types|misc)(\.ts)?$/.test(name))).toEqual([])
  })
})

describe('the package', () => {
  it('exports every adapter folder that the manifest promises, and no other path', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, { '@tieline/source': string } | string>
    }
    const missing = Object.entries(manifest.exports).filter(
      ([, to]) => typeof to !== 'string' && !files.includes(join(ROOT, to['@tieline/source'])),
    )
    expect(missing.map(([path]) => path)).toEqual([])
  })
})
