import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FIXTURES, tieline } from './spawn.ts'

const env = { SHOP_SECRET: 'made-up', CRM_TOKEN: 'made-up' }

test('a sound declaration is 0', async () => {
  const { code, stdout } = await tieline(['check', '--config', 'good.config.ts'], { env })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1 flow, 0 errors, 0 warnings\n' })
})

test('an error is 1, with its file, its place in the declaration and what to do', async () => {
  const { code, stdout } = await tieline(['check', '--config', 'good.config.ts'], { env: { CRM_TOKEN: 'made-up' } })
  expect(stdout).toContain('error  source shop: the secret SHOP_SECRET is not set\n  Set the environment variable')
  expect(stdout).toContain('good.config.ts  secret-set')
  expect(code).toBe(1)
})

test('a secret with too many values is found, and not shown', async () => {
  const { code, stdout } = await tieline(['check', '--json', '--config', 'good.config.ts'], {
    env: { ...env, CRM_TOKEN: 'one,two,three' },
  })
  const { file, findings } = JSON.parse(stdout)
  expect(file).toBe(join(FIXTURES, 'good.config.ts'))
  expect(findings).toMatchObject([{ rule: 'secret-set', where: 'connector crm', file }])
  expect(stdout).not.toContain('three')
  expect(code).toBe(1)
})

test('--skip leaves a rule out', async () => {
  expect((await tieline(['check', '--config', 'good.config.ts', '--skip', 'secret-set'])).code).toBe(0)
})

test('--probe connects', async () => {
  const args = ['check', '--json', '--config', 'closed-port.config.ts']
  expect((await tieline(args, { env })).code).toBe(0)
  const { code, stdout } = await tieline([...args, '--probe'], { env })
  const message = '127.0.0.1:1 cannot be reached from here: ECONNREFUSED'
  expect(JSON.parse(stdout).findings).toMatchObject([{ rule: 'reachable-target', where: 'connector crm', message }])
  expect(code).toBe(1)
})
