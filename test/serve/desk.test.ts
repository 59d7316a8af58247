import { Errors } from 'typebox/schema'
import { describe, expect, it } from 'vitest'
import { flow } from '../../src/declare/flow/flow.ts'
import { target } from '../../src/declare/target/target.ts'
import { createGateway, type Gateway } from '../../src/serve/index.ts'
import { tieline } from '../cli/spawn.ts'
import { call, type Order, orders, type World, world } from '../engine/world.ts'
import { clock } from './rig.ts'

const deals = flow('deals', {
  from: orders,
  key: (order) => order.customer,
  to: target('deal', { call: call<Order>('deals'), with: (order: Order) => order }),
  retry: { attempts: 3, base: '1s', max: '10s' },
})

interface Desk extends AsyncDisposable {
  readonly it: World
  readonly url: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as tests need them
  get(path: string): Promise<any>
  cli(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly json: { readonly moved?: string[] } }>
}

/** A real engine behind a real gateway: o1 is delivered, o2 dead and in front of o3, o4 waits for its retry, bad1 and bad2 are quarantined. */
async function desk(): Promise<Desk> {
  const it = await world([deals])
  it.answer = ({ body }) => (body.id === 'o2' ? 400 : body.id === 'o4' ? 500 : 200)
  const order = (id: string, customer: string): Order => ({ id, customer, amount: 5 })
  await it.send(order('o1', 'anna'))
  await it.send(order('o2', 'anna'), order('o3', 'anna'), order('o4', 'bob'))
  await it.send({ id: 'bad1', amount: 'many' })
  await it.send({ id: 'bad2', amount: 'some' })
  await it.clock.advance(10)
  await it.engine.desk.pause('connector:crm', { why: 'a look', forMs: 60_000 })
  const gateway: Gateway = createGateway({
    endpoints: [],
    intake: it.engine.intake,
    desk: it.engine.desk,
    secrets: { read: () => [] },
    clock,
    host: '127.0.0.1',
    port: 0,
    log: () => {},
  })
  const { url } = await gateway.listen()
  return {
    it,
    url,
    get: async (path) => (await fetch(url + path)).json(),
    cli: async (...args) => {
      const { code, stdout, stderr } = await tieline([...args, '--json'], { env: { TIELINE_URL: url } })
      expect(stderr).toBe('')
      return { code, json: JSON.parse(stdout) }
    },
    [Symbol.asyncDispose]: () => gateway.close(0),
  }
}

describe('every GET answer fits the OpenAPI document', () => {
  it('with real answers of a runtime that has work in every state', async () => {
    await using rig = await desk()
    const document = await rig.get('/admin/v1/openapi.json')
    const samples: Readonly<Record<string, readonly string[]>> = {
      '/admin/v1/messages': ['', '?state=dead,quarantined', '?limit=1', '?flow=', '?flow=deals'],
      '/admin/v1/messages/{id}': ['o1', 'o2', 'o4', 'bad1'],
      '/admin/v1/why': ['?key=anna', '?key=bob', '?key=nobody'],
      '/admin/v1/dead': ['', '?flow='],
    }
    const asked: string[] = []
    for (const [path, { get: operation }] of Object.entries<Record<string, Operation>>(document.paths)) {
      if (operation === undefined) continue
      const schema = operation.responses[200].content['application/json'].schema
      for (const sample of samples[path] ?? ['']) {
        const to = path.includes('{id}') ? path.replace('{id}', sample) : path + sample
        const [fits, errors] = Errors(
          { components: document.components, allOf: [closed(schema, document)] },
          await rig.get(to),
        )
        expect([to, fits, errors]).toEqual([to, true, []])
        asked.push(to)
      }
    }
    expect(asked.length).toBeGreaterThan(15)
    const [flows, found, dead] = await Promise.all(
      ['flows', 'messages', 'dead'].map((path) => rig.get(`/admin/v1/${path}`)),
    )
    expect([flows.flows.length, found.items.length, dead.groups.length]).toEqual([1, 6, 2])
  })
})

interface Operation {
  readonly responses: {
    readonly 200: { readonly content: { readonly 'application/json': { readonly schema: Schema } } }
  }
}
type Schema = Readonly<Record<string, unknown>>

/** The schema with every field that is not described refused, so that what is answered is also what is told. */
function closed(schema: unknown, document: { readonly components: { readonly schemas: Schema } }): Schema {
  if (typeof schema !== 'object' || schema === null) return schema as never
  if (Array.isArray(schema)) return schema.map((one) => closed(one, document)) as never
  if ('$ref' in schema)
    return closed(document.components.schemas[String(schema.$ref).split('/').at(-1) ?? ''], document)
  const inner = Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, closed(one, document)]))
  return 'properties' in schema ? { ...inner, additionalProperties: false } : inner
}

describe('the command line, with dead letters and quarantined messages mixed', () => {
  const states = async (rig: Desk): Promise<Readonly<Record<string, string>>> => {
    const { items } = await rig.it.engine.desk.find({ limit: 50 })
    return Object.fromEntries(items.map(({ id, state }) => [id, state]))
  }
  const groups = async (rig: Desk): Promise<readonly { group: string; flow: string; count: number }[]> =>
    ((await rig.cli('dead', 'list')).json as { groups: { group: string; flow: string; count: number }[] }).groups

  it('lists both', async () => {
    await using rig = await desk()
    expect((await groups(rig)).map(({ flow, count }) => [flow, count])).toEqual([
      ['', 2],
      ['deals', 1],
    ])
    expect((await tieline(['dead', 'list'], { env: { TIELINE_URL: rig.url } })).stdout).toMatch(/ 2 {2}\(quarantine\) /)
  })

  it('discards a group of the quarantine, then everything', async () => {
    await using rig = await desk()
    const [first] = await groups(rig)
    const { code, json } = await rig.cli('dead', 'discard', '--group', first?.group ?? '')
    expect([code, json.moved?.length]).toEqual([0, 2])
    expect(await states(rig)).toMatchObject({ bad1: 'discarded', bad2: 'discarded', o2: 'dead' })
    expect((await rig.cli('dead', 'discard', '--all')).json.moved).toHaveLength(1)
    expect(await states(rig)).toMatchObject({ o2: 'discarded' })
  })

  it('discards all of both at once', async () => {
    await using rig = await desk()
    const { code, json } = await rig.cli('dead', 'discard', '--all')
    expect([code, json.moved?.length]).toEqual([0, 3])
  })

  it('replays all: what still breaks its contract stays, and holds up nothing', async () => {
    await using rig = await desk()
    const { code, json } = await rig.cli('dead', 'replay', '--all')
    expect([code, json.moved?.length]).toEqual([0, 1])
    expect(await states(rig)).toMatchObject({ bad1: 'quarantined', bad2: 'quarantined', o2: 'pending' })
  })

  it('a replay of a group that moves nothing says why', async () => {
    await using rig = await desk()
    const [first] = await groups(rig)
    const { code, stderr } = await tieline(['dead', 'replay', '--group', first?.group ?? ''], {
      env: { TIELINE_URL: rig.url },
    })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^CONTRACT_BROKEN: bad1 still breaks its contract: amount/),
    ])
  })
})
