import assert from 'node:assert/strict'
import { outcomeOf, shown } from './halves.ts'
import { HEADERS } from './hostile.ts'
import type { ConnectorLaws } from './law.ts'

const LONGEST_RESET_MS = 2_678_400_000 // 31 days: the longest period that providers count in is a month

export const quotaLaws: ConnectorLaws = {
  'any headers are no quota, or a bounded one': {
    needs: ({ connector }) => (connector.quota === undefined ? 'the connector has no `quota` of its own' : undefined),
    prove: ({ subject: { connector } }) => {
      for (const headers of HEADERS) {
        const what = `${connector.name} quota`
        const outcome = outcomeOf(
          what,
          () => shown(headers),
          () => connector.quota!(Object.freeze({ ...headers })),
        )
        assert.ok('value' in outcome, `${what}: threw, given ${shown(headers)}`)
        const quota = outcome.value as { readonly remaining: number; readonly resetMs: number } | undefined
        if (quota === undefined) continue
        const { remaining, resetMs } = quota
        const bounded = Number.isFinite(remaining) && remaining >= 0 && resetMs >= 0 && resetMs <= LONGEST_RESET_MS
        assert.ok(bounded, `${what}: ${shown(headers)} gives remaining ${remaining}, resetMs ${resetMs}`)
      }
    },
  },
}
