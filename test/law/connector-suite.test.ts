import { describe, expect, test } from 'vitest'
import { type ConnectorSubject, connectorSuite } from '../../src/testing/connector-suite/index.ts'
import { BROKEN_CONNECTORS, goodConnector } from './broken-connectors.ts'

/** Name and message of each law that a connector breaks. */
async function brokenLaws(subject: ConnectorSubject): Promise<Readonly<Record<string, string>>> {
  const failed: Record<string, string> = {}
  for (const law of connectorSuite(subject)) {
    if (law.skip !== undefined) continue
    await law.run().catch((error: unknown) => {
      failed[law.name] = String(error)
    })
  }
  return failed
}

test('a good connector keeps every law, and none is skipped', async () => {
  expect(await brokenLaws(goodConnector)).toEqual({})
  expect(connectorSuite(goodConnector).flatMap(({ name, skip }) => (skip === undefined ? [] : [name]))).toEqual([])
})

test('there is a broken connector for every law', () => {
  expect(Object.keys(BROKEN_CONNECTORS)).toEqual(connectorSuite(goodConnector).map(({ name }) => name))
})

describe('exactly one law fails for the mistake against', () => {
  for (const [law, subject] of Object.entries(BROKEN_CONNECTORS)) {
    test(law, async () => {
      const failed = await brokenLaws(subject())
      expect(Object.keys(failed), JSON.stringify(failed, null, 2)).toEqual([law])
      expect(failed[law]).toMatch(/AssertionError/)
    })
  }
})

test('a subject that declares less is proved less, with the reason', () => {
  const { provider: _, ...rest } = goodConnector
  const reasons = new Set(connectorSuite(rest).map(({ skip }) => skip))
  expect([...reasons]).toEqual([undefined, 'the subject has no provider to look at'])
  const skip = { 'faults: a redirect is refused': 'because' }
  const law = connectorSuite({ ...goodConnector, skip }).find(({ name }) => name in skip)
  expect(law?.skip).toBe('because')
  const misspelt = { 'faults: a redirect is followed': 'because' }
  expect(() => connectorSuite({ ...goodConnector, skip: misspelt })).toThrow(/^skip "faults: a redirect is followed"/)
})
