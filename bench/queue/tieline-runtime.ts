// The whole runtime: a flow whose target is the cheapest there is, a call that an Http of our own answers at once.
import { type Connector, cloudEvents, flow, operation, policy, type Store, target, tieline } from 'tieline'
import { postgres } from 'tieline/postgres'
import type { Inbox } from './inbox.ts'
import type { Body } from './message.ts'
import { BATCH, type System } from './system.ts'
import { DURABLE, FLOW, producer, SOURCE, TYPE } from './tieline.ts'

const CONCURRENCY = 1_000

const nowhere: Connector = {
  kind: 'connector',
  name: 'nowhere',
  baseUrl: 'http://127.0.0.1',
  secrets: [],
  policy: policy(),
  allow: [],
  proxy: undefined,
  maxResponseBytes: 1_024,
  faults: { source: 'nothing fails here', rows: [] },
}

const noop = operation<string, void>({
  connector: nowhere,
  name: 'noop',
  idempotency: { by: 'read' },
  request: (path) => ({ method: 'GET', path }),
  response: () => undefined,
})

const ANSWER = { status: 204, headers: {}, body: new Uint8Array() }

function app(store: Store, inbox: Inbox) {
  const taken = flow(FLOW, {
    from: cloudEvents({ name: SOURCE }).on(TYPE),
    concurrency: CONCURRENCY,
    to: target('noop', {
      call: noop,
      with: (body) => {
        inbox.take(body as Body)
        return '/'
      },
    }),
  })
  const counted: Store = {
    ...store,
    settle: async (outcomes) => {
      const settled = await store.settle(outcomes)
      inbox.settle(settled.filter((one) => one === 'ok').length)
      return settled
    },
  }
  const http = { request: async () => ANSWER }
  return tieline({ store: counted, flows: [taken], http, gateway: { port: 0 }, drain: '1s' })
}

export const tielineRuntime: System = {
  setup: `store.accept in batches of ${BATCH}, 2 in flight; worker: tieline({ store: postgres(url), flows: [one flow] }).start(), concurrency ${CONCURRENCY}, a target whose Http answers at once`,
  durable: DURABLE,
  needs: 'postgres',
  keyed: 'in order',
  prepare: async ({ url }) => {
    await using store = postgres(url)
    await store.migrate()
  },
  produce: (place) => producer(postgres(place.url), place),
  async work({ url }, inbox) {
    const running = app(postgres(url), inbox)
    return {
      start: async () => void (await running.start()),
      [Symbol.asyncDispose]: () => running.stop(),
    }
  },
}
