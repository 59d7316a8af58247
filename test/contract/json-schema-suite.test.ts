import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Compile } from 'typebox/schema'
import { describe, expect, it } from 'vitest'
import { jsonSchema } from '../../src/declare/contract/json-schema.ts'

// The required tests of the official suite: https://github.com/json-schema-org/JSON-Schema-Test-Suite at 44401e0, one group a line.
const FOLDER = join(import.meta.dirname, 'json-schema-suite')

interface Group {
  readonly file: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>> | boolean
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

const lines = <T>(name: string): readonly T[] =>
  readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

const REMOTES = lines<{ readonly uri: string; readonly schema: Readonly<Record<string, unknown>> }>('remotes')
const DIALECTS = {
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2020-12': 'https://json-schema.org/draft/2020-12/schema',
} as const
type Draft = keyof typeof DIALECTS

/** Documents of the draft that the schema's text names: the suite serves them, we are given them. */
function documentsFor(draft: Draft, schema: unknown): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {}
  const names = (text: string): boolean => text.includes('localhost:1234')
  if (!names(JSON.stringify(schema))) return found
  const other = draft === 'draft7' ? 'draft2020-12/' : 'draft7/'
  for (const { uri, schema: document } of REMOTES) {
    const dialect = document['$schema']
    if (uri.includes(other) || /metaschema|format-assertion/.test(uri)) continue
    if (dialect === undefined || dialect === DIALECTS[draft]) found[uri] = document
  }
  return found
}

type Answers = (data: unknown) => boolean

/** As the standard has it: formats are notes. One remote document has a keyword that its draft does not know. */
function ours(draft: Draft, schema: Group['schema']): Answers {
  const given = typeof schema === 'boolean' ? { allOf: [schema] } : schema
  const validate = jsonSchema(
    { $schema: DIALECTS[draft], ...given },
    { formats: 'note', documents: documentsFor(draft, schema), unchecked: ['dependentRequired'] },
  )['~standard'].validate
  return (data) => {
    const result = validate(data)
    return !('then' in result) && result.issues === undefined
  }
}

function library(draft: Draft, schema: Group['schema']): Answers {
  const checker = Compile(documentsFor(draft, schema), schema as never)
  return (data) => checker.Check(data)
}

interface Run {
  readonly passed: number
  readonly total: number
  /** Groups with at least one test that fails. */
  readonly failed: ReadonlySet<string>
}

function run(draft: Draft, make: (draft: Draft, schema: Group['schema']) => Answers): Run {
  let passed = 0
  let total = 0
  const failed = new Set<string>()
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act()
    } catch {
      return undefined // refused, or out of stack
    }
  }
  for (const { file, description, schema, tests } of lines<Group>(draft)) {
    const answers = attempt(() => make(draft, schema))
    for (const { data, valid } of tests) {
      total++
      if (attempt(() => answers?.(data)) === valid) passed++
      else failed.add(`${file} / ${description}`)
    }
  }
  return { passed, total, failed }
}

describe('the required tests of the official JSON Schema suite', () => {
  it('draft-07: all of them; the library by itself misses three groups', () => {
    expect(run('draft7', ours)).toStrictEqual({ passed: 927, total: 927, failed: new Set() })
    expect(run('draft7', library).passed).toBe(922)
  })

  it('2020-12: all but meta-schemas of one’s own, which are refused', () => {
    expect(run('draft2020-12', ours)).toStrictEqual({
      passed: 1294,
      total: 1299,
      failed: new Set([
        'vocabulary / schema that uses custom metaschema with with no validation vocabulary',
        'vocabulary / ignore unrecognized optional vocabulary',
      ]),
    })
    expect(run('draft2020-12', library).passed).toBe(1277)
  })
})
