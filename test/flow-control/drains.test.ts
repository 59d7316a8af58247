import { expect, test } from 'vitest'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { createDrains, type Drains } from '../../src/engine/steering/drains.ts'
import type { Host } from '../../src/port/host.ts'
import type { Store } from '../../src/port/store.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'

const TARGET = 'connector:crm'

/** So many processes on one store, each with as many messages at work. */
function processes(...atWork: number[]): { readonly all: Drains[]; readonly pass: (ms: number) => Promise<void> } {
  const clock = virtualClock()
  const held = memory({ clock })
  const store: Store = { ...held, traits: { ...held.traits, writers: 'many' } }
  const all = atWork.map((count, i) =>
    createDrains(store, { name: `process ${i}`, clock, log: () => {} } as unknown as Host, () => count),
  )
  return { all, pass: (ms) => clock.advance(ms) }
}

test('nothing is left only when all processes have had the time to say so', async () => {
  const { all, pass } = processes(0, 7)
  const [idle, busy] = all as [Drains, Drains]
  await idle.report([TARGET])
  expect(idle.left(TARGET)).toBeUndefined()
  await pass(500)
  await busy.report([TARGET])
  await idle.report([TARGET])
  await pass(500)
  expect(idle.left(TARGET)).toBe(7)
})

test('processes that speak at the same instant are all heard', async () => {
  const { all, pass } = processes(1, 2, 3, 4, 5)
  await Promise.all(all.map((one) => one.report([TARGET])))
  await pass(1_000)
  await all[0]!.report([TARGET])
  expect(all[0]!.left(TARGET)).toBe(15)
})

test('a drain that ended and begins again is not told by what was said before', async () => {
  const { all, pass } = processes(0, 0)
  await all[0]!.report([TARGET])
  await pass(1_000)
  expect(all[0]!.left(TARGET)).toBe(0)
  await pass(2_500)
  expect(all[0]!.left(TARGET)).toBeUndefined()
  await all[0]!.report([TARGET])
  expect(all[0]!.left(TARGET)).toBeUndefined()
})
