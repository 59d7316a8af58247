import { expect, it } from 'vitest'
import { gatewayAddress } from './address.ts'

const DECLARED = { host: '127.0.0.1', port: 4400, publicUrl: 'https://hooks.example.com' }

it('a variable wins over what is declared', () => {
  const env = { TIELINE_HOST: '0.0.0.0', TIELINE_PORT: '0', TIELINE_ADMIN_TOKEN: 'made-up' }
  expect(gatewayAddress(env, DECLARED)).toEqual({ ...DECLARED, host: '0.0.0.0', port: 0, adminToken: 'made-up' })
})

it('an empty variable counts as not set: an empty host would listen on all addresses', () => {
  expect(gatewayAddress({ TIELINE_HOST: '', TIELINE_PORT: '', TIELINE_PUBLIC_URL: '' }, DECLARED)).toEqual(DECLARED)
  expect(gatewayAddress({ TIELINE_HOST: '' })).toEqual({})
})

it.each([' ', '-1', '65536', '80.5', '0x50', '1e3', 'http'])('port %j is none', (port) => {
  expect(() => gatewayAddress({ TIELINE_PORT: port })).toThrow('use a whole number from 0 to 65535')
})
