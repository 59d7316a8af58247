import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tieline } from '../cli/spawn.ts'
import { configOf } from './runtime.ts'
import { SECRETS } from './senders.ts'

const EXAMPLES = readdirSync(fileURLToPath(new URL('../../examples', import.meta.url))).filter((name) =>
  existsSync(configOf(name)),
)

/** What a person would set before `tieline start`. */
const MADE_UP: Readonly<Record<string, string>> = {
  ...SECRETS,
  STRIPE_WEBHOOK_SECRET: 'whsec_made_up',
  STRIPE_API_KEY: 'sk_test_made_up',
  HUBSPOT_TOKEN: 'pat-made-up',
  APP_WEBHOOK_SECRET: `whsec_${Buffer.from('made-up-secret-of-24-bytes').toString('base64')}`,
}

const check = async (example: string, env: Readonly<Record<string, string>>) => {
  const { code, stdout, stderr } = await tieline(['check', '--config', configOf(example), '--json'], { env })
  return { code, stderr, ...JSON.parse(stdout) }
}

test('there is a quickstart', () => {
  expect(EXAMPLES).toEqual(expect.arrayContaining(['quickstart', 'payments-crm', 'every-source']))
})

test.concurrent.each(EXAMPLES)('examples/%s passes the check once its secrets are set', async (example) => {
  const { code, flows, findings, stderr } = await check(example, MADE_UP)
  expect({ code, findings, stderr }).toEqual({ code: 0, findings: [], stderr: '' })
  expect(flows).toBeGreaterThan(0)
})

test('without them the check names each, and where it is missing', async () => {
  const { code, findings } = await check('quickstart', {})
  expect(code).toBe(1)
  expect(findings.map(({ rule }: { rule: string }) => rule)).toEqual(['secret-set', 'secret-set'])
  const told = JSON.stringify(findings)
  expect(told).toContain('STRIPE_WEBHOOK_SECRET')
  expect(told).toContain('HUBSPOT_TOKEN')
  expect(told).toContain('examples/quickstart/tieline.config.ts')
})
