import { expect, test } from 'vitest'
import { shardOf } from '../../src/adapter/store/postgres/batch.ts'
import { laneId } from '../../src/engine/lanes/lane-id.ts'
import type { Claimed, Store } from '../../src/port/store.ts'
import { startProxy } from '../server/proxy.ts'
import { claim, claims, done, drain, FLOW, message, until, type World, world } from './world.ts'

/** Claims and settles as an engine does, until it is told to stop; what is unknown it settles again while the lease may hold. */
class Process {
  readonly #stop = new AbortController()
  readonly #over: Promise<void>

  constructor(store: Store, delivered: string[]) {
    this.#over = this.#run(store, delivered)
  }

  async #run(store: Store, delivered: string[]): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const claimed = await claim(store, 20).catch(() => [])
      for (let left: readonly Claimed[] = claimed; left.length > 0 && !this.#stop.signal.aborted; ) {
        const settled = await store.settle(left.map(done)).catch(() => undefined)
        settled?.forEach((one, i) => {
          if (one === 'ok') delivered.push(left[i]!.message.id)
        })
        if (settled) left = []
        else await new Promise((resolve) => setTimeout(resolve, 20))
      }
      if (claimed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  stop(): Promise<void> {
    this.#stop.abort()
    return this.#over
  }
}

async function shares(w: World): Promise<number[]> {
  const rows = await w.sql<{ n: number }>(
    'SELECT count(*)::int AS n FROM S.shard WHERE owner IN (SELECT id FROM S.worker) GROUP BY owner ORDER BY 1',
  )
  return rows.map(({ n }) => n)
}

const KEYS = 20

async function acceptAll(stores: readonly Store[], from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 25) {
    const batch = Array.from({ length: 25 }, (_, i) => message(`${n + i}`, `k${(n + i) % KEYS}`))
    const store = stores[(n / 25) % stores.length]!
    while (!(await store.accept(batch).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function inOrder(delivered: readonly string[]): void {
  const last = new Map<number, number>()
  for (const id of delivered.map(Number)) {
    expect(last.get(id % KEYS) ?? -1, `order of key ${id % KEYS}`).toBeLessThan(id)
    last.set(id % KEYS, id)
  }
}

test('shards are shared out evenly, and again when one joins or leaves', async () => {
  await using w = await world()
  const [a, b] = [await w.store(), await w.store()]
  const even = async (stores: readonly Store[], wanted: readonly number[]): Promise<void> =>
    until(`shares are ${wanted}`, async () => {
      for (const store of stores) await claim(store)
      return String(await shares(w)) === String(wanted)
    })
  await even([a], [64])
  await even([a, b], [32, 32])
  const c = await w.store()
  await even([a, b, c], [20, 22, 22])
  await c[Symbol.asyncDispose]()
  await even([a, b], [32, 32])
})

test.each([
  [
    'one leaves in order',
    async (_w: World, [, b]: Store[], processes: Process[]) => {
      await processes[1]!.stop()
      await b![Symbol.asyncDispose]()
    },
  ],
  ['the connections of one are ended', (w: World) => w.terminate(2)],
  [
    'all connections are ended, again and again',
    async (w: World) => {
      for (let n = 0; n < 5; n++) {
        await Promise.all([1, 2, 3, 4].map((worker) => w.terminate(worker)))
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  ],
  [
    'a third joins',
    async (w: World, _stores: Store[], processes: Process[], delivered: string[]) => {
      processes.push(new Process(await w.store(), delivered))
    },
  ],
] as [string, (w: World, stores: Store[], processes: Process[], delivered: string[]) => Promise<void>][])(
  'each message is delivered once, in the order of its key, while %s',
  async (_name, disturb) => {
    await using w = await world()
    const stores = [await w.store(), await w.store()]
    const delivered: string[] = []
    const processes = stores.map((store) => new Process(store, delivered))
    const accepting = acceptAll([stores[0]!], 0, 3_000)
    await until('it runs', () => delivered.length > 500)
    await disturb(w, stores, processes, delivered)
    await accepting
    await until('all is delivered', async () => (await stores[0]!.status().catch(() => undefined))?.pending === 0)
    await Promise.all(processes.map((one) => one.stop()))
    // Of a settle whose answer was lost only the store knows; of all others we do, once each.
    expect(new Set(delivered).size).toBe(delivered.length)
    expect(await stores[0]!.status()).toMatchObject({ accepted: 3_000, delivered: 3_000, pending: 0 })
    inOrder(delivered)
  },
  40_000,
)

test('a key moves to another worker only when its handler has ended', async () => {
  await using w = await world()
  const a = await w.store()
  // Of 64 shards the upper half is given away.
  const key = Array.from({ length: 1_000 }, (_, i) => `key${i}`).find((one) => shardOf(laneId(FLOW, one)) === 40)!
  await a.accept([message('1', key), message('2', key)])
  const [first] = await claims(a, 1)
  const b = await w.store()
  await until('all the others have moved', async () => {
    expect(await claim(b)).toEqual([])
    expect(await claim(a)).toEqual([])
    const [row] = await w.sql<{ n: number }>('SELECT count(*)::int AS n FROM S.shard WHERE owner = 2')
    return row!.n === 31
  })
  expect(await a.settle([done(first!)])).toEqual(['ok'])
  expect(await drain(b, 1)).toEqual(['2'])
  expect(await claim(a)).toEqual([])
})

test('a worker whose session is away for too long is replaced, and works again under a new number', async () => {
  await using w = await world()
  await using proxy = await startProxy(Number(new URL(w.url).port))
  const address = new URL(w.url)
  address.port = String(proxy.port)
  const a = await w.store({}, address.href)
  const b = await w.store()
  await a.accept([message('1', 'k')])
  const [zombie] = await claims(a, 1)
  await claim(b)
  await proxy.refuse()
  await expect(a.accept([message('x', 'k')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  const [again] = await claims(b, 1)
  expect(again).toMatchObject({ message: { id: '1' }, crashes: 1 })
  await proxy.pass()
  await until('it is answered', async () => {
    const settled = await a.settle([done(zombie!)]).catch(() => undefined)
    if (settled) expect(settled).toEqual(['stale'])
    return settled !== undefined
  })
  await b.settle([done(again!)])
  await until('it has its share again', async () => {
    await claim(a).catch(() => [])
    return String(await shares(w)) === '32,32'
  })
  await b.accept(Array.from({ length: 200 }, (_, i) => message(`m${i}`, `m${i}`)))
  const got: Claimed[][] = [[], []]
  await until('both work', async () => {
    for (const [i, store] of [a, b].entries()) got[i]!.push(...(await claim(store).catch(() => [])))
    return got.flat().length === 200
  })
  expect(got.map((one) => one.length > 0)).toEqual([true, true])
  expect(await a.settle(got[0]!.map(done))).toEqual(got[0]!.map(() => 'ok'))
  expect((await w.sql('SELECT id FROM S.worker ORDER BY id')).map(({ id }) => id)).toEqual([2, 3])
})
