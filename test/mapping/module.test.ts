import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mapping } from '../../src/declare/mapping/mapping.ts'
import { type MappingModule, moduleOf } from '../../src/declare/mapping/module.ts'
import { made, many, one } from './forbidden.ts'

const folder = mkdtempSync(join(tmpdir(), 'tieline-mapping-'))
beforeAll(() => {
  for (const each of [one, many]) writeFileSync(join(folder, `${each.name}.mjs`), moduleOf(each))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What a process says in which code cannot be made from strings. */
function forbidden(...argv: readonly string[]): unknown {
  const flags = ['--disallow-code-generation-from-strings', '--conditions=@tieline/source']
  return JSON.parse(
    execFileSync(process.execPath, [...flags, join(import.meta.dirname, 'forbidden.ts'), ...argv], {
      encoding: 'utf8',
    }),
  )
}

const wanted = JSON.parse(JSON.stringify(made())) as unknown

describe('where code may not be made from strings', () => {
  it('mappings are interpreted', () => expect(forbidden()).toEqual({ fromStrings: false, made: wanted }))

  it('or run the code of a module', () => expect(forbidden(folder)).toEqual({ fromStrings: false, made: wanted }))
})

describe('a module', () => {
  const load = (each: typeof one | typeof many): Promise<MappingModule> => import(join(folder, `${each.name}.mjs`))

  it('is the code that runs from then on', async () => {
    const module = await load(one)
    const copy = mapping('one', { from: one.from, to: one.to, fields: () => ({ id: 'x' }) })
    const seen: unknown[] = []
    const watched: MappingModule = {
      mapping: 'one',
      made: module.made.map(([tenant, mark, make]) => {
        const seenMake = (handed: readonly unknown[]): unknown => {
          seen.push(tenant)
          return (make as (handed: readonly unknown[]) => unknown)(handed)
        }
        return [tenant, mark, seenMake] as const
      }),
    }
    one.adopt(watched)
    expect(seen).toEqual(['', 'acme'])
    expect(JSON.parse(JSON.stringify(made()))).toEqual(wanted)
    expect(() => copy.adopt(module)).toThrow(/mapping one: the module was made of another mapping, or before this one changed; make it again/) // biome-ignore format: short
  })

  it('of another mapping is refused', async () => {
    const [module, own] = [await load(many), await load(one)]
    expect(() => one.adopt(module)).toThrow(/mapping one: the module was made of another mapping/)
    expect(() => one.adopt({ ...own, mapping: 'two' })).toThrow(/another mapping/)
    expect(() => many.adopt({ mapping: 'many', made: [] })).toThrow(/make it again/)
  })
})
