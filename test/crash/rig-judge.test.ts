import { describe, expect, test } from 'vitest'
import { recoveryOf } from './rig/judge/recovery.ts'
import { type Evidence, judge } from './rig/judge/verdict.ts'
import { type Answered, CALLS, type Call, type Called, FLOWS, type Life } from './rig/ledger.ts'

const SETTLED = { pending: 0, leased: 0, skipped: 0, dead: 0, discarded: 0, quarantined: 0 }

function called(call: Call, seq: number, change: Partial<Called> = {}): Called {
  const n = CALLS.indexOf(call)
  const after = n > 1 ? `${CALLS[n - 1]}-${seq}` : null
  const [event, id, effect] = [`k-${seq}`, `${call}-${seq}`, `${call} ${seq}`]
  return { event, key: 'k', seq, call, effect, first: true, id, after, process: 1, atMs: 1_000, ...change }
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
    lives: [],
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
    absorbed: 0,
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

  describe('a repeat after a later event was begun by another process', () => {
    const repeated = (process: number, atMs: number, lives: readonly Life[]): readonly string[] => {
      const given = evidence()
      given.lives = lives
      given.called = given.called.map((one) => ({ ...one, process: one.seq === 1 ? 1 : 2 }))
      given.called = [...given.called, called('order', 1, { first: false, process, atMs })]
      return judge(given).outOfOrder
    }
    const wrong = (process: number): readonly string[] => [
      `orders k: order of 1 was called by ${process} after 2 had begun 2`,
    ]

    test('by whoever works', () => {
      for (const process of [1, 2, 3]) expect(repeated(process, 9_000, [])).toEqual(wrong(process))
    })

    test('but not by one that had sent it before it was killed', () => {
      const lives = [{ pid: 1, killedAtMs: 8_000 }]
      expect(repeated(1, 9_000, lives)).toEqual([])
      expect(repeated(1, 7_000, lives)).toEqual(wrong(1))
      expect(repeated(1, 12_000, lives)).toEqual(wrong(1))
      expect(repeated(2, 9_000, [{ pid: 2, killedAtMs: 8_000 }])).toEqual(wrong(2))
    })

    test('nor by one that was stopped or cut off while it had it, but by the same one later', () => {
      for (const span of ['stopped', 'troubled']) {
        const lives = [{ pid: 1, killedAtMs: 90_000, [span]: { fromMs: 20_000, untilMs: 31_000 } }]
        expect(repeated(1, 31_500, lives)).toEqual([])
        expect(repeated(1, 35_000, lives)).toEqual(wrong(1))
      }
    })

    test('nor by any while the server was not well for all, but by one whose neighbour was cut off', () => {
      const span = { fromMs: 20_000, untilMs: 31_000 }
      expect(repeated(1, 31_500, [{ pid: 7, killedAtMs: 90_000, outage: span }])).toEqual([])
      expect(repeated(1, 31_500, [{ pid: 7, killedAtMs: 90_000, troubled: span }])).toEqual(wrong(1))
    })

    test('an effect that comes so late is never excused', () => {
      const given = evidence()
      given.lives = [{ pid: 1, killedAtMs: 0, outage: { fromMs: 0, untilMs: 9_000 } }]
      const [late, ...others] = given.called
      given.called = [...others.map((one) => ({ ...one, process: 2 })), late as Called]
      expect(judge(given)).toMatchObject({
        absorbed: 0,
        outOfOrder: [expect.stringContaining('had its effect after'), expect.stringContaining('was called by 1')],
      })
    })
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

describe('recovery', () => {
  const call = (key: string, process: number, atMs: number, name: Call = 'order'): Called =>
    called(name, 1, { key, process, atMs })

  test('counts from a kill to the next call for a key of that process, and to the last of its keys', () => {
    const calls = [
      call('a', 1, 100),
      call('b', 1, 110),
      call('c', 2, 120),
      call('c', 2, 1_100),
      call('b', 2, 1_500),
      call('a', 3, 2_000),
    ]
    const lives = [{ pid: 1, killedAtMs: 1_000 }]
    expect(recoveryOf(calls, lives, 3)).toEqual({ first: [500], lanes: [500, 1_000], troubled: [] })
  })

  test('does not take what the killed process had sent for somebody else at work', () => {
    const calls = [call('a', 1, 100), call('a', 1, 1_010), call('a', 2, 1_700)]
    expect(recoveryOf(calls, [{ pid: 1, killedAtMs: 1_000 }], 3).first).toEqual([700])
  })

  test('tells apart what happened while something else was not well', () => {
    const calls = [call('a', 1, 100), call('a', 2, 1_700)]
    for (const span of ['stopped', 'troubled']) {
      const lives = [
        { pid: 1, killedAtMs: 1_000 },
        { pid: 2, killedAtMs: 5_000, [span]: { fromMs: 1_500, untilMs: 3_000 } },
      ]
      expect(recoveryOf(calls, lives, 3)).toEqual({ first: [], lanes: [], troubled: [700] })
    }
  })

  test('of a single worker counts from the last kill, of several from the first', () => {
    const calls = [call('a', 1, 100), call('a', 3, 1_700)]
    const lives = [
      { pid: 1, killedAtMs: 1_000 },
      { pid: 2, killedAtMs: 1_500 },
    ]
    expect(recoveryOf(calls, lives, 1).first).toEqual([200])
    expect(recoveryOf(calls, lives, 3).first).toEqual([700])
  })
})
