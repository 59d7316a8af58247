import { describe, expect, it } from 'vitest'
import { type RateSpec, rateOf } from './rate.ts'

describe('the rate of a source', () => {
  it('is a token bucket of the source with a burst of its limit', () => {
    expect(rateOf('shop', { limit: 200, per: '1s' })).toEqual({
      each: 'source',
      layer: { kind: 'rate limit', each: 'connector', by: 'token bucket', limit: 200, perMs: 1_000, burst: 200 },
    })
    expect(rateOf('shop', { limit: 1, per: '1m', burst: 0, each: 'tenant' })).toEqual({
      each: 'tenant',
      layer: { kind: 'rate limit', each: 'tenant', by: 'token bucket', limit: 1, perMs: 60_000, burst: 0 },
    })
  })

  it.each([
    [{ limit: 0, per: '1s' }, 'source shop: rate limit 0: use a whole number from 1 to 1000000000'],
    [{ limit: 1.5, per: '1s' }, 'source shop: rate limit 1.5: use a whole number from 1 to 1000000000'],
    [{ limit: 1, per: '0s' }, 'source shop: rate per "0s": use at least 1ms'],
    [{ limit: 1, per: 'often' }, /^source shop: rate per: .*'250ms'/],
    [{ limit: 1, per: '1s', burst: -1 }, 'source shop: rate burst -1: use a whole number from 0 to 1000000000'],
    [{ limit: 1, per: '1s', each: 'flow' }, "source shop: rate each \"flow\": use 'source' or 'tenant'"],
  ])('%j is refused', (spec, message) => {
    expect(() => rateOf('shop', spec as RateSpec)).toThrow(
      expect.objectContaining({
        code: 'DECLARATION_INVALID',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    )
  })
})
