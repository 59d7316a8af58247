import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { laneId } from '../../../engine/lanes/lane-id.ts'
import type { Claimed, Store } from '../../../port/store.ts'
import { sqlite } from './index.ts'
import { STEPS } from './schema.ts'

/** A file as the version before tenants left it: two messages of one key pending, one dead. */
function before(path: string): void {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA page_size = 4096; BEGIN; ${STEPS[0]} PRAGMA user_version = 1; COMMIT; PRAGMA journal_mode = WAL`)
  db.exec("INSERT INTO name VALUES(1, 'shop'), (2, 'orders')")
  const count = { last: 3, opened: 1, accepted: 3, dead: 1, flows: { 2: 2 } }
  db.prepare('INSERT INTO count VALUES(1, ?)').run(JSON.stringify(count))
  const lane = laneId('orders', 'k')
  for (const id of [1, 2, 3])
    db.prepare("INSERT INTO msg VALUES(?, 1, 5, 1, ?, 't', NULL, x'7b7d')").run(id, `old ${id}`)
  for (const id of [2, 3]) db.prepare("INSERT INTO todo VALUES(?, ?, ?, 2, 'k', ?)").run(id, id, lane, `e${id}`)
  db.prepare(`INSERT INTO dead VALUES(1, 1, ?, 2, 'k', 'e1', 4, 0, 6, 1, 0, 0, 0, NULL, '{"code":"NO"}', 1, 5, 1, 'old 1', 't',
    NULL, x'7b7d', 0)`).run(lane)
  db.close()
}

async function claim(store: Store): Promise<Claimed[]> {
  for (;;) {
    const works = await store.claim({ flows: ['orders'], owner: 'me', limit: 9, leaseMs: 60_000 })
    if (works.length > 0) return works
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a file of the version before tenants is taken over, with all that waits in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tieline-upgrade-'))
  try {
    const path = join(folder, 'tieline.db')
    before(path)
    for (const opening of ['first', 'second']) {
      await using store = sqlite(path, { logBytes: 0 })
      await store.migrate()
      if (opening === 'first') {
        expect(await store.move([{ work: '1', to: 'ready', why: 'again' }])).toEqual(['1'])
        const message = { source: 'shop', id: 'new', type: 't', attributes: {}, body: new Uint8Array() }
        await store.accept([
          { ...message, deliveries: [{ flow: 'orders', key: 'k', effect: 'e', tenant: 'acme' }] },
          { ...message, id: 'last', deliveries: [{ flow: 'orders', key: 'k', effect: 'f' }] },
        ])
        continue
      }
      const order: string[] = []
      while (order.length < 5) {
        const works = await claim(store)
        order.push(...works.map(({ tenant, message }) => `${tenant}${tenant === '' ? '' : ': '}${message.id}`))
        await store.settle(works.map(({ lease }) => ({ lease, as: 'done' })))
      }
      expect(order.filter((one) => one !== 'acme: new')).toEqual(['old 1', 'old 2', 'old 3', 'last'])
      expect(order).toContain('acme: new')
      expect(await store.status()).toMatchObject({ accepted: 5, pending: 0, dead: 0, delivered: 5 })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
