import { describe, expect, test } from 'vitest'
import { fixture, folder, tieline } from './spawn.ts'

/** A configuration file with one mistake: what is said, and where. */
const MISTAKES = [
  {
    name: 'syntax that types hide',
    text: 'const a: number =\n\nexport default )\n',
    place: ':3:1',
    says: 'syntax error: Expression expected',
  },
  {
    name: 'syntax that only shows without types',
    text: 'const a: number = 1\nlet a = 2\nexport default a\n',
    place: ':2:5',
    says: "Identifier 'a' has already been declared",
  },
  {
    name: 'TypeScript that cannot be erased',
    text: "const kept = 1\nenum State { Open = 'open' }\nexport default kept\n",
    place: ':2:1',
    says: 'enum is not supported',
    advice: 'Use a const object',
  },
  {
    name: 'a file that is not there',
    text: "import { x } from './absent.ts'\nexport default x\n",
    place: ':1:19',
    says: "cannot find './absent.ts'",
    advice: 'Make the file',
  },
  {
    name: 'a file without its ending',
    text: "import { part } from './part'\nexport default part\n",
    place: ':1:22',
    says: "cannot find './part'",
    advice: "'./part.ts'",
  },
  {
    name: 'a package that is not installed',
    text: "import a from 'node:fs'\nimport b from 'not-installed-here/sub'\nexport default b\n",
    place: ':2:15',
    says: "cannot find package 'not-installed-here'",
    advice: 'npm install not-installed-here',
  },
  {
    name: 'a name that is not exported',
    text: "import { prat } from './part.ts'\nexport default prat\n",
    place: ':1:10',
    says: "does not provide an export named 'prat'",
    advice: "Did you mean 'part'?",
  },
  {
    name: 'a type imported as a value',
    text: "import { Shape } from './part.ts'\nexport default 1 as Shape\n",
    place: ':1:10',
    says: "does not provide an export named 'Shape'",
    advice: 'import { type Shape }',
  },
  {
    name: 'no default export',
    text: 'export const app = 1\n',
    place: ':1:1',
    says: 'no default export',
    advice: 'export default tieline(',
  },
  {
    name: 'a default export that is no app',
    text: 'const flows = []\nexport default { flows }\n',
    place: ':2:1',
    says: 'not what tieline({ … }) gives',
  },
  {
    name: 'an invalid declaration',
    text: `import { endpoint } from ${fixture('../../../src/declare/source/source.ts')}\n\nexport default endpoint({ name: 'Bad Name' })\n`,
    place: ':3:16',
    says: 'DECLARATION_INVALID: source name "Bad Name"',
    advice: 'Correct the declaration',
  },
  {
    name: 'an exception',
    text: 'const settings = undefined\n\nexport default settings.flows\n',
    place: ':3:25',
    says: 'TypeError: Cannot read properties of undefined',
  },
]

const PART = 'export const part = 1\nexport interface Shape {}\n'

describe.concurrent('a mistake in the configuration file', () => {
  test.each(MISTAKES)('$name', async ({ text, place, says, advice = '' }) => {
    await using files = await folder({ 'tieline.config.ts': text, 'part.ts': PART })
    const { code, stdout, stderr } = await tieline(['start'], { cwd: files.path })
    expect(stderr).toContain(`/tieline.config.ts${place}: `)
    expect(stderr).toContain(says)
    expect(stderr).toContain(advice)
    expect(stderr).toContain('^')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  })

  test('for check it is a finding, and 1', async () => {
    await using files = await folder({ 'tieline.config.ts': 'export default {}\n' })
    const { code, stdout } = await tieline(['check', '--json'], { cwd: files.path })
    const [finding] = JSON.parse(stdout).findings
    expect(finding).toMatchObject({
      rule: 'configuration',
      severity: 'error',
      file: expect.stringMatching(/config\.ts:1:1$/),
    })
    expect(code).toBe(1)
  })

  test('the place is in the imported file when the mistake is there', async () => {
    await using files = await folder({
      'tieline.config.ts': "import './part.ts'\n",
      'part.ts': "\n  throw new Error('no')\n",
    })
    const { stdout } = await tieline(['flows', '--json'], { cwd: files.path })
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'no',
      line: 2,
      column: 9,
      source: "  throw new Error('no')",
    })
    expect(JSON.parse(stdout).error.file).toMatch(/part\.ts$/)
  })
})

describe.concurrent('an ES module that is read as CommonJS', () => {
  const commonjs = { 'package.json': '{"type":"commonjs"}' }
  const good = `import { fixtureApp } from ${fixture('app.ts')}\nexport default fixtureApp({ flows: [] })\n`
  test.each([
    ['import', good, ':1:1'],
    ['export', 'const a: number = 1\nexport default a\n', ':2:1'],
  ])('by package.json: %s', async (_, text, place) => {
    await using files = await folder({ ...commonjs, 'tieline.config.ts': text })
    const { code, stderr } = await tieline(['start'], { cwd: files.path })
    expect(stderr).toContain(`/tieline.config.ts${place}: an ES module is read as CommonJS`)
    expect(stderr).toMatch(
      /package\.json says "type": "commonjs": write "type": "module" there, or call the file .*\/tieline\.config\.mts\.\n/,
    )
    expect(code).toBe(3)
  })
  test('by its name', async () => {
    await using files = await folder({ 'mine.cts': good })
    const { stderr } = await tieline(['start', '--config', 'mine.cts'], { cwd: files.path })
    expect(stderr).toMatch(/call it .*\/mine\.mts\.\n/)
  })
  test('tieline.config.mts is read as one everywhere', async () => {
    await using files = await folder({ ...commonjs, 'tieline.config.mts': good })
    expect(await tieline(['flows'], { cwd: files.path })).toMatchObject({ code: 0, stdout: 'No flows are declared.\n' })
  })
})

test('tieline.config.mjs is found without --config', async () => {
  const text = `import { fixtureApp } from ${fixture('app.ts')}\nexport default fixtureApp({ flows: [] })\n`
  await using files = await folder({ 'tieline.config.mjs': text })
  const { stdout, code } = await tieline(['flows'], { cwd: files.path })
  expect({ stdout, code }).toEqual({ stdout: 'No flows are declared.\n', code: 0 })
})
