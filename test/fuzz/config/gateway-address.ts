import { TielineError } from '../../../src/core/error.ts'
import { gatewayAddress } from '../../../src/serve/gateway/address.ts'
import type { Chance } from '../chance.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Given {
  readonly env: Readonly<Record<string, string>>
  readonly port: number
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  TIELINE_HOST: ['127.0.0.1', '0.0.0.0', '::1', ''],
  TIELINE_PORT: ['4400', '0', '65535', '65536', ''],
  TIELINE_PUBLIC_URL: ['https://hooks.example.com', ''],
  TIELINE_ADMIN_TOKEN: ['made-up-token', ''],
}

export const gateway: AnyTarget = target<Given, 'port' | 'empty' | 'wins'>({
  name: 'gateway-address',
  about: 'TIELINE_HOST, TIELINE_PORT, TIELINE_PUBLIC_URL and TIELINE_ADMIN_TOKEN',
  laws: {
    port: 'decimal digits up to 65535 are a port, anything else is CONFIG_INVALID',
    empty: 'an empty variable is as good as none: it never opens what is closed by default',
    wins: 'a variable wins over what is declared, and is taken as it is',
  },
  make: (chance) => ({
    env: Object.fromEntries(Object.keys(VALUES).flatMap((name) => variable(chance, name))),
    port: chance.below(70_000),
  }),
  check({ env, port }, broken) {
    const text = env['TIELINE_PORT'] || undefined
    const wanted = text === undefined ? port : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
    try {
      const found = gatewayAddress(env, { host: 'declared', port, publicUrl: 'declared' })
      if (found.port !== wanted || !(wanted <= 65_535)) broken('port', String(found.port))
      const told = [found.host, found.publicUrl, found.adminToken ?? '']
      const given = [
        env['TIELINE_HOST'] || 'declared',
        env['TIELINE_PUBLIC_URL'] || 'declared',
        env['TIELINE_ADMIN_TOKEN'] ?? '',
      ]
      if (found.host === '') broken('empty', 'it would listen on all addresses')
      if (told.join('\0') !== given.join('\0')) broken('wins', told.join())
    } catch (thrown) {
      if (!(thrown instanceof TielineError) || thrown.code !== 'CONFIG_INVALID') throw thrown
      if (wanted <= 65_535) broken('port', thrown.message)
    }
  },
})

function variable(chance: Chance, name: string): readonly (readonly [string, string])[] {
  const value = chance.one(VALUES[name] as readonly string[])
  return chance.once(4) ? [] : [[name, chance.once(2) ? value : mutateText(chance, value)]]
}
