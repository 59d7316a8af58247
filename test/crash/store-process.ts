// A process that works on a store until it is killed. Prints one line per thing that it was told is done.
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'

const [path = '', mode = 'hold', first = '0'] = process.argv.slice(2)
const store = sqlite(path, { logBytes: 1 << 20 })
try {
  await store.migrate()
} catch (error) {
  console.log(`refused ${(error as { code?: string }).code} ${(error as Error).message}`)
  process.exit(3)
}
console.log('ready')
if (mode === 'stuck') {
  const deliveries = [{ flow: 'f', key: 'k', effect: 'e' }]
  await store.accept([{ source: 's', id: 'poison', type: 't', attributes: {}, body: Buffer.from('x'), deliveries }])
  for (let held = 0; held === 0; await new Promise((resolve) => setImmediate(resolve))) {
    held = (await store.claim({ flows: ['f'], owner: `p${process.pid}`, limit: 1, leaseMs: 60_000 })).length
  }
  console.log('claimed poison')
}
if (mode !== 'feed') setInterval(() => {}, 1_000)
if (mode === 'feed') {
  let next = Number(first)
  const feed = async (): Promise<void> => {
    for (;;) {
      const id = `m${next++}`
      const deliveries = [{ flow: 'f', key: `k${next % 7}`, effect: `e-${id}` }]
      await store.accept([{ source: 's', id, type: 't', attributes: {}, body: Buffer.from(id), deliveries }])
      console.log(`accepted ${id}`)
    }
  }
  const work = async (): Promise<void> => {
    for (;;) {
      const [one] = await store.claim({ flows: ['f'], owner: `p${process.pid}`, limit: 1, leaseMs: 60_000 })
      if (one) console.log(`claimed ${one.message.id}`)
      await new Promise((resolve) => setTimeout(resolve, 3))
      if (one && (await store.settle([{ lease: one.lease, as: 'done' }]))[0] === 'ok')
        console.log(`settled ${one.message.id}`)
    }
  }
  await Promise.all([...Array.from({ length: 16 }, feed), work()])
}
