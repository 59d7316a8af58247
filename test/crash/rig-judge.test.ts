import { describe, expect, test } from 'vitest'
import { type Evidence, judge } from './rig/judge/verdict.ts'
import { type Answered, CALLS, type Call, type Called, FLOWS } from './rig/ledger.ts'

const SETTLED = { pending: 0, leased: 0, skipped: 0, dead: 0, discarded: 0, quarantined: 0 }

function called(call: Call, seq: number, change: Partial<Called> = {}): Called {
  const n = CALLS.indexOf(call)
  const after = n > 1 ? `${CALLS[n - 1]}-${seq}` : null
  const [event, id, effect] = [`k-${seq}`, `${call}-${seq}`, `${call} ${seq}`]
  return { event, key: 'k', seq, call, effect, first: true, id, after, process: 1, ...change }
}

const answered = (seq: number, duplicate = false): Answered => ({
  event: `k-${seq}`,
  key: 'k',
  seq,
  status: duplicate ? 200 : 202,
  duplicate,
})

/** Three events of one key, as all should be. */
function evidence(): { -readonly [K in keyof Evidence]: Evidence[K] } {
  const seqs = [1, 2, 3]
  return {
    answered: seqs.map((seq) => answered(seq)),
    called: seqs.flatMap((seq) => CALLS.map((call) => called(call, seq))),
    works: seqs.flatMap((seq) =>
      Object.keys(FLOWS).map((flow) => ({ id: `k-${seq}`, flow, state: 'delivered' as const })),
    ),
    status: { ...SETTLED, accepted: 3, delivered: 6 },
  }
}

const counts = (given: Evidence): readonly number[] => {
  const { lost, doubled, outOfOrder, disagreed } = judge(given)
  return [lost.length, doubled.length, outOfOrder.length, disagreed.length]
}

test('what is as it should be is found to be so, repeats and duplicates included', () => {
  const given = evidence()
  given.answered = [...given.answered, answered(2, true)]
  const at = given.called.findIndex(({ seq, call }) => seq === 2 && call === 'charge')
  given.called = given.called.toSpliced(
    at + 1,
    0,
    called('charge', 2, { first: false }),
    called('charge', 2, { first: false, process: 2 }),
  )
  given.called = given.called.map((one, n) => (n > at + 1 ? { ...one, process: 2 } : one))
  expect(judge(given)).toEqual({
    accepted: 3,
    delivered: 3,
    duplicates: 1,
    calls: 14,
    repeats: { sameLife: 1, afterKill: 1 },
    lost: [],
    doubled: [],
    outOfOrder: [],
    disagreed: [],
  })
})

describe('lost', () => {
  test('an effect that never came', () => {
    const given = evidence()
    given.called = given.called.filter(({ seq, call }) => seq !== 2 || call !== 'ship')
    expect(judge(given)).toMatchObject({ delivered: 2, lost: ['k-2: the provider never saw ship'], outOfOrder: [] })
  })

  test('an event that the store has forgotten', () => {
    const given = evidence()
    given.called = given.called.filter(({ seq }) => seq !== 3)
    given.works = given.works.filter(({ id }) => id !== 'k-3')
    given.status = { ...given.status, accepted: 2, delivered: 4 }
    expect(judge(given)).toMatchObject({ accepted: 3, delivered: 2 })
    expect(counts(given)).toEqual([6, 0, 0, 2])
  })

  test('a state that is not final', () => {
    const given = evidence()
    given.works = given.works.map((work, n) => (n === 0 ? { ...work, state: 'dead' } : work))
    given.status = { ...given.status, delivered: 5, dead: 1 }
    expect(judge(given)).toMatchObject({ delivered: 2, lost: ['k-1: the store has it as orders dead'] })
    expect(counts(given)).toEqual([1, 0, 0, 2])
  })

  test('the result of a step', () => {
    const given = evidence()
    given.called = given.called.map((one) => (one.seq === 1 && one.call === 'ship' ? { ...one, after: null } : one))
    expect(judge(given).lost).toEqual(['k-1 ship: it was given null in place of charge-1'])
  })
})

describe('doubled', () => {
  test('a second effect under another key', () => {
    const given = evidence()
    given.called = given.called.toSpliced(1, 0, called('order', 1, { effect: 'another' }))
    expect(judge(given).doubled).toEqual(['k-1 order had two effects, under the keys order 1 and another'])
  })

  test('one key for two effects', () => {
    const given = evidence()
    given.called = given.called.map((one) =>
      one.seq === 2 && one.call === 'order' ? { ...one, effect: 'order 1' } : one,
    )
    expect(judge(given).doubled).toEqual(['one idempotency key for two effects: k-1 order and k-2 order'])
  })

  test('no key at all', () => {
    const given = evidence()
    given.called = given.called.map((one, n) => (n === 0 ? { ...one, effect: null } : one))
    expect(judge(given).doubled).toEqual(['k-1 order came without an idempotency key'])
  })

  test('an event accepted as new twice', () => {
    const given = evidence()
    given.answered = [...given.answered, answered(1)]
    expect(judge(given).doubled).toEqual(['k-1 was accepted as new twice'])
  })

  test('two final states', () => {
    const given = evidence()
    given.works = [...given.works, { id: 'k-1', flow: 'orders', state: 'delivered' }]
    expect(judge(given).doubled).toEqual(['k-1 stands in the store 2 times: orders delivered, orders delivered'])
  })
})

describe('out of order', () => {
  test('two events of a key', () => {
    const given = evidence()
    const seqs = [1, 3, 2]
    given.called = seqs.flatMap((seq) => CALLS.map((call) => called(call, seq)))
    expect(counts(given)[2]).toBeGreaterThan(0)
    expect(counts(given).with(2, 0)).toEqual([0, 0, 0, 0])
  })

  test('a saga that begins before the one ahead of it is through', () => {
    const given = evidence()
    const first = given.called.findIndex(({ seq, call }) => seq === 1 && call === 'ship')
    const next = given.called.findIndex(({ seq, call }) => seq === 2 && call === 'reserve')
    const moved = given.called[next] as Called
    given.called = given.called.toSpliced(next, 1).toSpliced(first, 0, moved)
    expect(judge(given).outOfOrder[0]).toBe('fulfilment k: ship of 1 had its effect after step 1 of 2')
  })

  test('the steps of a saga', () => {
    const given = evidence()
    given.called = given.called
      .map((one) => ({ ...one, after: null }))
      .toSorted((a, b) => a.seq - b.seq || stepBack(a, b))
    expect(judge(given).outOfOrder[0]).toBe('fulfilment k: charge of 1 had its effect after step 3 of 1')
  })

  test('a repeat after a later event was begun, by the same process or the next, but not by a dead one', () => {
    for (const [process, found] of [
      [2, ['orders k: order of 1 was called after 2 had begun']],
      [3, ['orders k: order of 1 was called after 2 had begun']],
      [1, []],
    ] as const) {
      const given = evidence()
      given.called = given.called.map((one) => ({ ...one, process: one.seq === 1 ? 1 : 2 }))
      given.called = [...given.called, called('order', 1, { first: false, process })]
      expect(judge(given).outOfOrder).toEqual(found)
    }
  })
})

test('counts of the store that no ledger explains are told apart', () => {
  const given = evidence()
  given.status = { ...given.status, accepted: 4, pending: 1 }
  given.called = [...given.called, called('order', 4)]
  expect(judge(given).disagreed).toEqual([
    'k-4 had effects (order), and no sender was told that it was taken',
    'the store counts 4 accepted; the ledgers say 3',
    'the store counts 1 pending; the ledgers say 0',
  ])
})

const stepBack = (a: Called, b: Called): number => CALLS.indexOf(b.call) - CALLS.indexOf(a.call)
