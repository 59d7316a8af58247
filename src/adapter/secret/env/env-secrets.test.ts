import { expect, test } from 'vitest'
import { TielineError } from '../../../core/error.ts'
import { envSecrets } from './env-secrets.ts'

test.each([
  ['one', ['one']],
  ['new,old', ['new', 'old']],
  [' new , old\n', ['new', 'old']],
  ['one,', ['one']],
  [' , ', []],
  ['', []],
  [undefined, []],
])('%j', (text, values) => {
  expect(envSecrets({ S: text }).read('S')).toEqual(values)
})

test('the variable counts as it is now, and is split once', () => {
  const env: Record<string, string> = { S: 'a' }
  const secrets = envSecrets(env)
  expect(secrets.read('S')).toBe(secrets.read('S'))
  env['S'] = 'b,a'
  expect(secrets.read('S')).toEqual(['b', 'a'])
})

test.each([['a,b,hush'], ['hush'.repeat(5_000)]])('too much is refused without being told', (text) => {
  try {
    envSecrets({ S: text }).read('S')
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(TielineError)
    expect((error as TielineError).code).toBe('CONFIG_INVALID')
    expect((error as TielineError).message).not.toContain('hush')
  }
})
