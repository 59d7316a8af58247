import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { startStore } from './child.ts'
import { folder, message } from './folder.ts'

test('kill -9, again and again: what was accepted is there, what was settled stays so, what was in flight counts as a crash', async () => {
  using here = folder()
  const path = here.file('tieline.db')
  const said = new Set<string>()
  let next = 0
  for (const kills of [60, 200, 120]) {
    await using child = startStore(path, 'feed', next)
    await child.said('accepted', kills)
    await child.said('settled', 3)
    await child.kill()
    for (const line of child.lines) said.add(line)
    next += 100_000
  }
  const of = (word: string): string[] =>
    [...said].filter((line) => line.startsWith(word)).map((line) => line.split(' ')[1]!)
  await using store = sqlite(path, { logBytes: 0 })
  await store.migrate()
  const accepted = of('accepted')
  expect(accepted.length).toBeGreaterThanOrEqual(380)
  for (let at = 0; at < accepted.length; at += 500) {
    const again = await store.accept(accepted.slice(at, at + 500).map((id) => message(id)))
    expect(again.filter((one) => !one.duplicate)).toEqual([])
  }
  const crashed: string[] = []
  const finished = new Set<string>()
  for (let idle = 0; idle < 5; ) {
    const works = await store.claim({ flows: ['f'], owner: 'o', limit: 100, leaseMs: 60_000 })
    idle = works.length === 0 ? idle + 1 : 0
    for (const work of works) {
      finished.add(work.message.id)
      if (work.crashes > 0) crashed.push(work.message.id)
    }
    await store.settle(works.map((work) => ({ lease: work.lease, as: 'done' })))
    await new Promise((resolve) => setImmediate(resolve))
  }
  // A kill may fall between COMMIT and the line that tells of it, so `settled` is known only of those that said so.
  for (const id of of('settled')) expect(finished).not.toContain(id)
  expect(crashed.length).toBeLessThanOrEqual(1)
  const { pending, delivered, accepted: counted } = await store.status()
  expect(pending).toBe(0)
  expect(delivered).toBe(counted)
  expect(counted).toBeGreaterThanOrEqual(accepted.length)
}, 30_000)

test('the work at which a process was killed counts one crash per kill', async () => {
  using here = folder()
  const path = here.file('tieline.db')
  for (let kills = 0; kills < 3; kills++) {
    await using child = startStore(path, 'stuck')
    await child.said('claimed')
    await child.kill()
  }
  await using store = sqlite(path, { logBytes: 0 })
  await store.migrate()
  const [work] = await store.claim({ flows: ['f'], owner: 'o', limit: 1, leaseMs: 60_000 })
  expect([work?.message.id, work?.attempt, work?.crashes]).toEqual(['poison', 0, 3])
}, 30_000)

test('a kill while the store is being opened again does not count the same crash twice', async () => {
  using here = folder()
  const path = here.file('tieline.db')
  await using child = startStore(path, 'stuck')
  await child.said('claimed')
  await child.kill()
  const atWork = readFileSync(`${path}-inflight`)
  await using opened = sqlite(path, { logBytes: 0 })
  await opened.migrate()
  await opened[Symbol.asyncDispose]()
  writeFileSync(`${path}-inflight`, atWork) // as if it had died after its commit, and before it began the file anew
  await using store = sqlite(path, { logBytes: 0 })
  await store.migrate()
  const [work] = await store.claim({ flows: ['f'], owner: 'o', limit: 1, leaseMs: 60_000 })
  expect([work?.message.id, work?.crashes]).toEqual(['poison', 1])
}, 30_000)
