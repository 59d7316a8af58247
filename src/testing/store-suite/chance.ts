import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Claimed } from '../../port/store.ts'
import type { Laws } from './law.ts'
import { FAULT, LEASE_MS, type Scene, SHORT_MS } from './scene.ts'

const FLOWS = ['orders', 'mail']
const MESSAGES = 120
const STEPS = 2_000

/** A small repeatable generator: the same seed gives the same history. Mulberry32, public domain. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Accepts, claims, fails, loses and finishes at random; then checks that each message was finished once and each key kept its order. In real
 * time no lease is lost: nobody could say when.
 */
async function history(scene: Scene, seed: number): Promise<void> {
  const random = chance(seed)
  const pick = (count: number): number => Math.floor(random() * count)
  const held: Claimed[] = []
  const finished = new Map<string, number[]>()
  let next = 0
  let over = 0
  for (let step = 0; step < STEPS && over < MESSAGES; step++) {
    const what = next < MESSAGES ? pick(5) : 1 + pick(4)
    if (what === 0) {
      const batch = Array.from({ length: Math.min(1 + pick(6), MESSAGES - next) }, () => next++)
      await scene.store.accept(
        batch.map((n) => scene.message(String(n), { flow: FLOWS[n % 2]!, key: `k${pick(random() < 0.5 ? 1 : 8)}` })),
      )
    } else if (what <= 2) {
      const leaseMs = random() < 0.1 && !scene.realTime ? SHORT_MS : LEASE_MS
      held.push(...(await scene.claim(1 + pick(4), FLOWS, leaseMs)))
      const lanes = held.map((work) => `${work.flow}/${work.key}`)
      assert.equal(new Set(lanes).size, lanes.length, 'one lane was leased twice at the same time')
    }
    const work = held.length > 0 && what >= 2 ? held.splice(pick(held.length), 1)[0] : undefined
    if (!work) {
      await scene.pass(0)
      continue
    }
    const ending = pick(10)
    const { lease } = work
    if (ending === 0) await scene.store.settle([{ lease, as: 'retry', afterMs: pick(3), fault: FAULT }])
    else if (ending === 1) await scene.store.settle([{ lease, as: 'wait', afterMs: pick(3), why: 'x' }])
    else if ((await scene.store.settle([{ lease, as: 'done' }]))[0] === 'ok') {
      const lane = `${work.flow}/${work.key}`
      finished.set(lane, [...(finished.get(lane) ?? []), Number(work.message.id)])
      over++
    }
    // Leases that were taken for a short while end here; their holders forget them.
    if (step % 50 === 49 && !scene.realTime) {
      await scene.pass(SHORT_MS)
      const alive = new Set(
        (
          await scene.store.extend(
            held.map((one) => one.lease),
            LEASE_MS,
          )
        ).map((one) => one.id),
      )
      for (let i = held.length - 1; i >= 0; i--) if (!alive.has(held[i]!.lease.id)) held.splice(i, 1)
    }
  }
  await scene.pass(SHORT_MS)
  await scene.store.settle(held.map((work) => ({ lease: work.lease, as: 'wait', afterMs: 0, why: 'end' })))
  for (
    const until = Date.now() + 10_000;
    (await scene.store.status()).pending > 0 && Date.now() < until;
    await turn()
  ) {
    await scene.pass(1)
    const works = await scene.claim(100, FLOWS)
    await scene.done(...works)
    for (const work of works) {
      const lane = `${work.flow}/${work.key}`
      finished.set(lane, [...(finished.get(lane) ?? []), Number(work.message.id)])
    }
  }
  const all = [...finished.values()]
  for (const order of all)
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
      `order broken, seed ${seed}`,
    )
  assert.equal(all.flat().length, next, `each message finishes once, seed ${seed}`)
  assert.equal((await scene.store.status()).pending, 0)
}

export const chanceLaws: Laws = Object.fromEntries(
  [1, 2, 3, 4].map((seed) => [
    `random history ${seed}: each once, in the order of its key`,
    (scene: Scene) => history(scene, seed),
  ]),
)
