import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { memory } from '../../src/adapter/store/memory/index.ts'
import { TielineError } from '../../src/core/error.ts'
import { flow, type Priority } from '../../src/declare/flow/flow.ts'
import { target } from '../../src/declare/target/target.ts'
import { createAdmittance } from '../../src/engine/pressure/admittance.ts'
import { createPressure } from '../../src/engine/pressure/pressure.ts'
import { keepRelay } from '../../src/engine/relay.ts'
import { routing } from '../../src/engine/routing.ts'
import { createIntake } from '../../src/engine/take.ts'
import { createWarm } from '../../src/engine/warm.ts'
import type { Host } from '../../src/port/host.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { listOutbox } from '../outbox/relay-world.ts'
import { type Order, shop } from '../outbox/shop.ts'
import { call } from './world.ts'

/** Whether messages of such a flow leave the outbox: at level 0, at level 1, at level 2, and when all is well again. */
async function pulled(priority: Priority): Promise<boolean[]> {
  const clock = virtualClock()
  const store = memory({ clock })
  await store.migrate()
  const to = target('provider', { call: call<Order>('orders'), with: (order: Order) => order })
  const table = routing([flow('orders', { from: shop.on('order.placed'), to, priority })])
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')
  const host = { name: 'one', clock, random: () => 0.5, digest, log: () => {} } as unknown as Host
  const pressure = createPressure({ host, store, routing: table })
  const admittance = createAdmittance({ routing: table, pressure, admissions: localAdmissions(), host })
  const closed = () => undefined
  const intake = createIntake({ routing: table, store, digest, warm: createWarm(), closed, pressure, admittance })
  const outbox = listOutbox()
  const stop = new AbortController()
  const kept = [
    pressure.keep(stop.signal),
    keepRelay({ outbox, store, host, intake, endpoints: table.endpoints }, stop.signal),
  ]
  let count = 0

  /** Keeps up what presses for a while and tells whether a message got through meanwhile. */
  async function within(looks: number, then: () => Promise<void>): Promise<boolean> {
    for (let i = 0; i < looks; i++) await then()
    outbox.put('a', String(count++))
    for (let i = 0; i < 4; i++) await then()
    return outbox.messages.length === 0
  }
  const slowly = async (): Promise<void> => {
    const begun = pressure.begun()
    await clock.advance(260)
    pressure.stored(begun)
  }
  const busy = async (): Promise<void> => {
    pressure.begun()
    pressure.failed(new TielineError('STORE_BUSY', 'full'))
    await clock.advance(250)
  }
  const calm = (): Promise<void> => clock.advance(250)
  // A message that the relay gets in is an accept in no time: three of a row would be calm. There are fewer.
  const seen = [await within(2, calm), await within(4, slowly), await within(4, busy), await within(60, calm)]
  stop.abort()
  await Promise.all(kept)
  return seen
}

it.each([
  ['critical', [true, true, true, true]],
  ['normal', [true, true, false, true]],
  ['bulk', [true, false, false, true]],
] as const)('the relay pulls for a flow that is %s', async (priority, pulls) => {
  expect(await pulled(priority)).toEqual(pulls)
})
