import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Laws } from './law.ts'
import { type Scene, SHORT_MS } from './scene.ts'

/** Watches, does something, and waits until a wake for the flow has come. */
async function wakes(scene: Scene, flow: string, act: () => Promise<void>): Promise<void> {
  const woken = new Set<string>()
  const watcher = await scene.store.watch!((name) => woken.add(name))
  woken.clear()
  await act()
  for (const until = Date.now() + 5_000; !woken.has(flow) && Date.now() < until; ) await turn()
  await watcher[Symbol.asyncDispose]()
  assert.ok(woken.has(flow), `no wake for ${flow}`)
}

export const watchLaws: Laws = {
  'watch wakes for new work': async (scene) => {
    await wakes(scene, 'orders', () => scene.accept('a'))
  },

  'watch wakes for the next work of a lane': async (scene) => {
    await scene.store.accept(['a', 'b'].map((id) => scene.message(id)))
    const a = await scene.one()
    await wakes(scene, 'orders', () => scene.done(a))
  },

  'watch wakes when a retry is due': async (scene) => {
    await scene.accept('a')
    const a = await scene.one()
    await wakes(scene, 'orders', async () => {
      await scene.retry(a, SHORT_MS)
      await scene.pass(SHORT_MS)
    })
  },

  'watch wakes when a lease has run out': async (scene) => {
    await scene.accept('a')
    await wakes(scene, 'orders', async () => {
      await scene.one(undefined, SHORT_MS)
      await scene.pass(SHORT_MS)
    })
  },

  'watch wakes for a replay': async (scene) => {
    await scene.accept('a')
    const work = await scene.one()
    await scene.dead(work, 'hold')
    await wakes(scene, 'orders', async () => {
      await scene.store.move([{ work: work.lease.id, to: 'ready', why: 'again' }])
    })
  },
}
