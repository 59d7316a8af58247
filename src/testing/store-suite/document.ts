import assert from 'node:assert/strict'
import type { Laws } from './law.ts'
import { SHORT_MS } from './scene.ts'

export const documentLaws: Laws = {
  'a document is written by compare-and-set': async ({ store }) => {
    assert.deepEqual(await store.read(['a']), [])
    assert.deepEqual(await store.write([{ key: 'a', expected: 1, body: 'x' }]), ['stale'])
    assert.deepEqual(await store.write([{ key: 'a', expected: 0, body: 'one' }]), ['ok'])
    assert.deepEqual(await store.write([{ key: 'a', expected: 0, body: 'x' }]), ['stale'])
    assert.deepEqual(await store.write([{ key: 'a', expected: 1, body: 'two' }]), ['ok'])
    const [document] = await store.read(['missing', 'a'])
    assert.deepEqual({ ...document }, { key: 'a', version: 2, body: 'two' })
    assert.deepEqual(await store.write([{ key: 'a', expected: 2, body: null }]), ['ok'])
    assert.deepEqual(await store.read(['a']), [])
    assert.deepEqual(await store.write([{ key: 'a', expected: 0, body: 'new' }]), ['ok'])
  },

  'of many writers of one version exactly one wins': async ({ store }) => {
    const writes = Array.from({ length: 10 }, (_, i) => store.write([{ key: 'a', expected: 0, body: String(i) }]))
    const settled = (await Promise.all(writes)).flat()
    assert.equal(settled.filter((one) => one === 'ok').length, 1)
    assert.equal((await store.read(['a']))[0]?.version, 1)
  },

  'a stale change does not keep the others of its batch from being written': async ({ store }) => {
    const settled = await store.write([
      { key: 'a', expected: 0, body: 'a' },
      { key: 'b', expected: 5, body: 'b' },
      { key: 'a', expected: 1, body: 'aa' },
    ])
    assert.deepEqual(settled, ['ok', 'stale', 'ok'])
    assert.equal((await store.read(['a']))[0]?.body, 'aa')
  },

  'a document that has expired is missing, and its next version is larger': async (scene) => {
    const { store } = scene
    await store.write([{ key: 'leader', expected: 0, body: 'me', expiresInMs: SHORT_MS }])
    const [mine] = await store.read(['leader'])
    assert.ok(mine!.expiresAtMs! > 0)
    assert.deepEqual(await store.write([{ key: 'leader', expected: 0, body: 'you' }]), ['stale'])
    await scene.pass(SHORT_MS)
    assert.deepEqual(await store.read(['leader']), [])
    assert.deepEqual(await store.write([{ key: 'leader', expected: 1, body: 'me again' }]), ['stale'])
    assert.deepEqual(await store.write([{ key: 'leader', expected: 0, body: 'you' }]), ['ok'])
    const [yours] = await store.read(['leader'])
    assert.ok(yours!.version > mine!.version)
  },
}
