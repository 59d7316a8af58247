import { describe, expect, it } from 'vitest'
import { policy, timeout } from '../../src/declare/policy/policy.ts'
import type { Connector } from '../../src/declare/target/operation.ts'
import { rig } from './rig.ts'

const plain = policy(timeout('5s'))
const connector = { credential: { kind: 'oauth2 client credentials' } } as unknown as Partial<Connector>

/** Gives `t0` until it was refused, then `t1`. */
function tokensOf(renews: boolean) {
  const refused: string[] = []
  return {
    refused,
    tokens: {
      get: async () => `t${renews ? refused.length : 0}`,
      refused: (_: Connector, token: string) => void refused.push(token),
      clear: async () => {},
    },
  }
}

describe('a connector with a credential', () => {
  it('makes its requests with the token', async () => {
    const { tokens, refused } = tokensOf(true)
    const { call, requests } = rig({ tokens })
    expect(await call(plain, { connector })).toBe('made')
    expect(requests.map(({ token }) => token)).toEqual(['t0'])
    expect(refused).toEqual([])
  })

  it('renews a token that was refused, once', async () => {
    const { tokens, refused } = tokensOf(true)
    const { call, requests, replies } = rig({ tokens })
    replies(() => ({ status: 401 }))
    expect(await call(plain, { connector })).toMatchObject({ code: 'CREDENTIAL_REFUSED' })
    expect(requests.map(({ token }) => token)).toEqual(['t0', 't1'])
    expect(refused).toEqual(['t0'])
  })

  it('does not try again with the same token', async () => {
    const { tokens } = tokensOf(false)
    const { call, requests, replies } = rig({ tokens })
    replies(() => ({ status: 401 }))
    expect(await call(plain, { connector })).toMatchObject({ code: 'CREDENTIAL_REFUSED' })
    expect(requests).toHaveLength(1)
  })

  it('says so where nobody fetches tokens', async () => {
    const { call } = rig()
    expect(await call(plain, { connector })).toMatchObject({ code: 'CREDENTIAL_REFUSED' })
  })

  it('without a credential has no token', async () => {
    const { call, requests } = rig()
    await call(plain)
    expect(requests[0]?.token).toBeUndefined()
  })
})
