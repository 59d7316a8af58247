import { expect, test } from 'vitest'
import { tieline } from './spawn.ts'

const VERBS = [
  [],
  ['dev'],
  ['start'],
  ['check'],
  ['flows'],
  ['status'],
  ['messages'],
  ['messages', 'list'],
  ['messages', 'show'],
  ['why'],
  ['dead'],
  ['dead', 'list'],
  ['dead', 'show'],
  ['dead', 'replay'],
  ['dead', 'edit'],
  ['dead', 'discard'],
  ['pause'],
  ['resume'],
  ['limit'],
  ['migrate'],
  ['move'],
]

test.each(VERBS.map((verb) => ({ verb, name: ['tieline', ...verb].join(' ') })))(
  '$name --help',
  async ({ verb, name }) => {
    const { code, stdout, stderr } = await tieline([...verb, '--help'])
    expect(stdout).toMatchSnapshot()
    if (!['tieline', 'tieline messages', 'tieline dead'].includes(name)) {
      if (name !== 'tieline move') expect(stdout).toContain('--config <file>')
      expect(stdout).toContain('--json')
      expect(stdout).toContain('Example:\n  $ tieline ')
    }
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  },
)

test('--version prints the version of the package', async () => {
  expect((await tieline(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
