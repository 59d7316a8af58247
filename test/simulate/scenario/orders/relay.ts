import type { WorkerPort } from 'tieline/testing'

const BODY = Buffer.from('{"id":"r","customer":"ada","amount":1,"refused":"never"}')
const RELAYED = 2
const LONGEST_PAUSE_MS = 4_000

/** A process on the bare store: settles each message together with one that it emits, all or nothing. */
export async function relay({ name, store, sleep }: WorkerPort): Promise<void> {
  for (let i = 0; i < RELAYED; i++) await again(sleep, () => store.accept([message(`relay-${i}`, 'relay')]))
  for (let idle = 0; ; ) {
    const [work] = await again(sleep, () => store.claim({ flows: ['relay'], owner: name, limit: 1, leaseMs: 10_000 }))
    idle = work === undefined ? idle + 1 : 0
    if (work === undefined) {
      await sleep(Math.min(500 * idle, LONGEST_PAUSE_MS))
      continue
    }
    const emit = [message(`${work.message.id}-on`, 'bookings')]
    await again(sleep, () => store.settle([{ lease: work.lease, as: 'done', emit }]))
  }
}

const message = (id: string, flow: string) => ({
  source: 'shop',
  id,
  type: 'order.relayed',
  attributes: { datacontenttype: 'application/json' },
  body: BODY,
  deliveries: [{ flow, key: 'ada', effect: `${flow} ${id}` }],
})

/** A store's error is an unknown outcome: the same verb again, until it answers. */
async function again<T>(sleep: (ms: number) => Promise<void>, verb: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await verb()
    } catch {
      await sleep(100)
    }
  }
}
