import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Claimed, ClaimRequest } from '../../port/store.ts'
import type { Laws } from './law.ts'
import { type Draft, ids, LEASE_MS, type Scene, SHORT_MS } from './scene.ts'

const FLOW = 'orders'

/** A message of this tenant, in a lane of its own unless said otherwise. */
function of(tenant: string, id: string, { key = id, ...more }: Draft = {}): readonly [id: string, draft: Draft] {
  return [id, { ...more, deliveries: [{ flow: FLOW, key, effect: `effect-${id}`, tenant }] }]
}

async function accept(scene: Scene, ...drafts: readonly (readonly [id: string, draft: Draft])[]): Promise<void> {
  await scene.store.accept(drafts.map(([id, draft]) => scene.message(id, draft)))
}

/** So many, in lanes of their own. */
function many(tenant: string, count: number): (readonly [id: string, draft: Draft])[] {
  return Array.from({ length: count }, (_, i) => of(tenant, `${tenant}${i}`))
}

/** Claims one at a time and finishes it, so many times; a store may need a moment to read on. */
async function serve(scene: Scene, count: number, terms: Partial<ClaimRequest> = {}): Promise<Claimed[]> {
  const served: Claimed[] = []
  for (const until = Date.now() + 5_000; served.length < count && Date.now() < until; await turn()) {
    const works = await scene.store.claim({ flows: [FLOW], owner: 'me', limit: 1, leaseMs: LEASE_MS, ...terms })
    await scene.done(...works)
    served.push(...works)
  }
  assert.equal(served.length, count, `expected ${count} ready, found [${ids(served)}]`)
  return served
}

const tenants = (works: readonly Claimed[]): string[] => works.map(({ tenant }) => tenant ?? '')
const count = (works: readonly Claimed[], tenant: string): number =>
  tenants(works).filter((one) => one === tenant).length
const except = (more: Partial<NonNullable<ClaimRequest['except']>>) => ({ except: { tenants: [], keys: [], ...more } })

export const fairnessLaws: Laws = {
  'whoever has a hundred times more does not keep the others waiting': async (scene) => {
    await accept(scene, ...many('big', 100), ...many('a', 1), ...many('b', 1), of('', 'nobody'))
    const served = tenants(await serve(scene, 8))
    for (const tenant of ['a', 'b', '']) assert.ok(served.includes(tenant), `${tenant} is not among ${served}`)
    await accept(scene, of('c', 'late'))
    assert.ok(tenants(await serve(scene, 3)).includes('c'), 'a newcomer waits for one turn of each')
  },

  'tenants that have work take the same number of turns': async (scene) => {
    await accept(scene, ...many('a', 30), ...many('b', 10), ...many('c', 20))
    const first = await serve(scene, 27)
    for (const tenant of ['a', 'b', 'c']) {
      const turns = count(first, tenant)
      assert.ok(turns >= 8 && turns <= 10, `${tenant} had ${turns} of 27 turns`)
    }
    const rest = await serve(scene, 33)
    assert.equal(count(rest, 'a') + count(first, 'a'), 30)
  },

  'turns are as the weights': async (scene) => {
    await accept(scene, ...many('a', 60), ...many('b', 60))
    const weights = { a: 3, b: 1 }
    await serve(scene, 4, { weights })
    const served = await serve(scene, 60, { weights })
    for (let at = 0; at + 8 <= served.length; at++) {
      const turns = count(served.slice(at, at + 8), 'a')
      assert.ok(turns >= 5 && turns <= 7, `a had ${turns} of 8 turns`)
    }
  },

  'a small weight is a turn now and then': async (scene) => {
    await accept(scene, ...many('a', 40), ...many('b', 40))
    const served = await serve(scene, 40, { weights: { b: 0.25 } })
    const turns = count(served, 'b')
    assert.ok(turns >= 7 && turns <= 9, `b had ${turns} of 40 turns`)
  },

  'a weight that is none is refused by name': async (scene) => {
    await accept(scene, ...many('a', 1))
    for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(serve(scene, 1, { weights: { acme: weight } }), {
        code: 'REQUEST_INVALID',
        message: /"acme"/,
      })
    }
  },

  'more tenants than the window has room for are all served': async (scene) => {
    const all = Array.from({ length: 20 }, (_, i) => `t${i}`)
    await accept(scene, ...all.flatMap((tenant) => many(tenant, 5)))
    const first = tenants(await serve(scene, 40))
    for (const tenant of all) {
      const turns = first.filter((one) => one === tenant).length
      assert.ok(turns >= 1 && turns <= 3, `${tenant} had ${turns} of 40 turns`)
    }
    await serve(scene, 60)
    assert.equal((await scene.store.status()).pending, 0)
  },

  'each key of each tenant keeps its order, whatever is read when': async (scene) => {
    const sent = Array.from({ length: 90 }, (_, i) => of(['a', 'b', ''][i % 3]!, `${i}`, { key: `k${i % 2}` }))
    for (let at = 0; at < sent.length; at += 30) await accept(scene, ...sent.slice(at, at + 30))
    const served = await serve(scene, sent.length)
    const lanes = new Map<string, number[]>()
    for (const { tenant, key, message } of served)
      lanes.set(`${tenant}/${key}`, [...(lanes.get(`${tenant}/${key}`) ?? []), Number(message.id)])
    assert.equal(lanes.size, 6)
    for (const order of lanes.values())
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      )
  },

  'a key of one tenant is not that of another': async (scene) => {
    await accept(scene, of('a', 'a1', { key: '17' }), of('b', 'b1', { key: '17' }), of('', 'n1', { key: '17' }))
    const works = await scene.take(3)
    assert.deepEqual(tenants(works).sort(), ['', 'a', 'b'])
    await scene.dead(works.find(({ tenant }) => tenant === 'a')!, 'hold')
    await accept(scene, of('a', 'a2', { key: '17' }))
    await scene.done(...works.filter(({ tenant }) => tenant !== 'a'))
    await accept(scene, of('b', 'b2', { key: '17' }))
    assert.deepEqual(ids(await scene.take(1)), ['b2'])
    await scene.nothing()
    const { items } = await scene.store.find({ key: '17', limit: 10 })
    assert.equal(items.length, 5)
  },

  'the tenant stays with the work: retry, dead letter, replay, restart': async (scene) => {
    await accept(scene, of('acme', 'a'))
    assert.equal((await scene.store.find({ limit: 1 })).items[0]?.tenant, 'acme')
    await scene.retry(await scene.one())
    const again = await scene.one()
    assert.equal(again.tenant, 'acme')
    await scene.dead(again, 'hold')
    const work = again.lease.id
    const [letter] = await scene.store.history([work])
    assert.deepEqual([letter?.state, letter?.tenant], ['dead', 'acme'])
    if (scene.reopens) await scene.reopen()
    await scene.store.move([{ work, to: 'ready', why: 'again' }])
    assert.equal((await scene.store.find({ states: ['pending'], limit: 1 })).items[0]?.tenant, 'acme')
    if (scene.reopens) await scene.reopen()
    const replayed = await scene.one()
    assert.deepEqual([replayed.tenant, replayed.key, replayed.replays], ['acme', 'a', 1])
    await scene.done(replayed)
    assert.equal((await scene.store.history([work]))[0]?.tenant, 'acme')
  },

  'work without a tenant says so': async (scene) => {
    await scene.accept('a')
    assert.equal((await scene.one()).tenant, '')
    const [row] = (await scene.store.find({ limit: 1 })).items
    assert.ok(row && !('tenant' in row))
  },

  'work is found by its tenant': async (scene) => {
    await accept(scene, of('acme', 'a'), of('acme', 'b'), of('beta', 'c'), of('', 'd', { body: 'acme' }))
    await scene.done(...(await scene.take(4)).filter(({ message }) => message.id !== 'b'))
    const found = async (query: { tenant: string; key?: string }) =>
      (await scene.store.find({ ...query, limit: 10 })).items.map(({ id }) => id)
    assert.deepEqual(await found({ tenant: 'acme' }), ['b', 'a'])
    assert.deepEqual(await found({ tenant: 'acme', key: 'a' }), ['a'])
    assert.deepEqual(await found({ tenant: '' }), ['d'])
    assert.deepEqual(await found({ tenant: 'nobody' }), [])
  },

  'live work goes before what is replayed, and replays are not starved': async (scene) => {
    await accept(scene, ...['r0', 'r1', 'r2', 'r3'].map((id) => of('a', id)), ...many('a', 40))
    const works = await scene.take(4)
    for (const work of works) await scene.dead(work, 'release')
    await scene.store.move(works.map(({ lease }) => ({ work: lease.id, to: 'ready', why: 'again' })))
    const first = (await serve(scene, 24)).map(({ replays }) => replays)
    const share = first.filter((times) => times > 0).length
    assert.ok(share >= 2 && share <= 3, `${share} of 24 turns went to replays`)
    assert.equal(first.slice(0, 7).filter((times) => times > 0).length, 0)
    const rest = await serve(scene, 20)
    assert.equal(rest.filter(({ replays }) => replays > 0).length + share, 4)
  },

  'replays alone need not wait': async (scene) => {
    await accept(scene, ...['r0', 'r1', 'r2'].map((id) => of('a', id)))
    const works = await scene.take(3)
    for (const work of works) await scene.dead(work, 'release')
    await scene.store.move(works.map(({ lease }) => ({ work: lease.id, to: 'ready', why: 'again' })))
    assert.equal((await scene.take(3)).length, 3)
  },

  'replays of one tenant do not wait for live work of another': async (scene) => {
    await accept(scene, of('a', 'r'))
    const work = await scene.one()
    await scene.dead(work, 'hold')
    await scene.store.move([{ work: work.lease.id, to: 'ready', why: 'again' }])
    await accept(scene, ...many('b', 20))
    assert.ok(ids(await serve(scene, 4)).includes('r'))
  },

  'excepted tenants stay where they are': async (scene) => {
    await accept(scene, ...many('a', 20), ...many('b', 3), of('', 'n'))
    const terms = except({ tenants: ['a'] })
    const served = await serve(scene, 4, terms)
    assert.equal(count(served, 'a'), 0)
    await accept(scene, of('a', 'more'))
    for (let look = 0; look < 4; look++) {
      assert.deepEqual(await claimed(scene, terms), [])
      await turn()
    }
    await accept(scene, of('b', 'b9'))
    assert.deepEqual(ids(await serve(scene, 1, terms)), ['b9'])
    const order = ids(await serve(scene, 21))
    assert.deepEqual(order, [...many('a', 20).map(([id]) => id), 'more'])
  },

  'nobody’s work can be excepted, and so can a tenant that is not known': async (scene) => {
    await accept(scene, of('', 'n'), of('a', 'a'))
    const terms = except({ tenants: ['', 'never seen'] })
    assert.deepEqual(ids(await serve(scene, 1, terms)), ['a'])
    assert.deepEqual(await claimed(scene, terms), [])
    assert.deepEqual(ids(await serve(scene, 1)), ['n'])
  },

  'excepted keys stay where they are, of every tenant, and keep nobody else out': async (scene) => {
    const keys = ['stays', 'stays too', 'stays as well']
    const stays = Array.from({ length: 24 }, (_, i) => of(['a', ''][i % 2]!, `s${i}`, { key: keys[i % 3]! }))
    await accept(scene, ...stays, ...many('a', 6), ...many('', 6))
    const terms = except({ keys })
    const served = await serve(scene, 12, terms)
    assert.ok(served.every(({ key }) => !keys.includes(key)))
    assert.deepEqual(await claimed(scene, terms), [])
    await accept(scene, of('a', 'next', { key: 'stays' }), of('a', 'other'))
    assert.deepEqual(ids(await serve(scene, 1, terms)), ['other'])
    assert.equal(ids(await serve(scene, 1)).length, 1)
    const back = await serve(scene, 24)
    assert.ok(back.every(({ key }) => keys.includes(key)))
  },

  'what is excepted changes from claim to claim': async (scene) => {
    await accept(scene, of('a', 'a1', { key: 'k' }), of('b', 'b1', { key: 'l' }))
    assert.deepEqual(await claimed(scene, except({ keys: ['k', 'l'] })), [])
    assert.deepEqual(ids(await serve(scene, 1, except({ keys: ['k'] }))), ['b1'])
    assert.deepEqual(await claimed(scene, except({ tenants: ['a'] })), [])
    assert.deepEqual(ids(await serve(scene, 1, except({ keys: ['l'], tenants: ['b'] }))), ['a1'])
  },

  'what a crash left behind is excepted like the rest': async (scene) => {
    if (scene.realTime) return
    await accept(scene, of('a', 'a1', { key: 'k' }), of('b', 'b1'))
    await scene.take(2, undefined, SHORT_MS)
    await scene.pass(SHORT_MS)
    assert.deepEqual(await claimed(scene, except({ keys: ['k'], tenants: ['b'] })), [])
    assert.deepEqual(ids(await serve(scene, 1, except({ keys: ['k'] }))), ['b1'])
    const [back] = await serve(scene, 1)
    assert.deepEqual([back?.message.id, back?.crashes], ['a1', 1])
  },

  'a claim says whether newer work of its lane waits': async (scene) => {
    for (const id of ['a', 'b', 'c']) await scene.accept(id)
    await scene.accept('alone', { key: 'other' })
    const more: Record<string, boolean> = {}
    for (const work of await serve(scene, 4)) more[work.message.id] = work.more
    assert.deepEqual([more['a'], more['b'], more['c'], more['alone']], [true, true, false, false])
  },

  'a delivery may wait by itself; of its delay and that of its message the longer counts': async (scene) => {
    const to = (flow: string, delayMs?: number) => ({
      flow,
      key: 'k',
      effect: flow,
      ...(delayMs === undefined ? {} : { delayMs }),
    })
    await scene.accept('a', { deliveries: [to('now'), to('late', 4 * SHORT_MS)] })
    await scene.accept('b', { delayMs: 4 * SHORT_MS, deliveries: [to('both', 1)] })
    assert.deepEqual(ids(await scene.take(1, ['now'])), ['a'])
    await scene.nothing(['late', 'both'])
    await scene.pass(4 * SHORT_MS)
    assert.equal((await scene.take(2, ['late', 'both'])).length, 2)
  },
}

async function claimed(scene: Scene, terms: Partial<ClaimRequest>): Promise<string[]> {
  const works = await scene.store.claim({ flows: [FLOW], owner: 'me', limit: 100, leaseMs: LEASE_MS, ...terms })
  return ids(works)
}
