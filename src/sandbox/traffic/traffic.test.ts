import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { signStandard } from '../../adapter/signature/index.ts'
import { SANDBOX_SECRETS, type Sandbox, startSandbox } from '../sandbox.ts'
import { seededRandom } from '../seeded-random.ts'
import { stepsOf, trafficPlan } from './plan.ts'

const PATIENT = { timeout: 15_000 } // a busy machine is no failure
const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

const post = async (url: string, headers: Record<string, string>, body: string): Promise<void> => {
  const answer = await fetch(url, { method: 'POST', headers, body })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
}

interface Habits {
  /** Acknowledges this payment and does nothing. */
  readonly loses?: (payment: string) => boolean
  /** A new webhook-id in each attempt. */
  readonly newIds?: boolean
}

/**
 * The simplest integration that holds: works before it acknowledges, one thing after the other, relies on the sender's retries, does nothing
 * again that is done, and lets a refund wait for its payment.
 */
function integration(sandbox: Sandbox, { loses, newIds }: Habits = {}): Server {
  let turn = Promise.resolve()
  let told = 0
  const done = new Set<string>()
  const tell = (type: string, payment: string): Promise<void> => {
    told += 1
    const id = newIds ? `msg_${told}` : `msg_${type.replace('.', '_')}_${payment}`
    const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data: { payment_id: payment } })
    const seconds = Math.floor(Date.now() / 1_000)
    const signature = signStandard(SANDBOX_SECRETS.app, id, seconds, Buffer.from(body))
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature }
    return post(`${sandbox.app.url}/webhooks`, headers, body)
  }
  const upsert = (type: string, by: string, id: string, properties: Record<string, string>): Promise<void> => {
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' }
    const body = JSON.stringify({ inputs: [{ id, idProperty: by, properties }] })
    return post(`${sandbox.crm.url}/crm/v3/objects/${type}/batch/upsert`, headers, body)
  }
  const work = async (path: string, text: string): Promise<void> => {
    const value = JSON.parse(text)
    if (path === '/events') {
      const fields = new URLSearchParams({ email: value.email, 'metadata[signup_id]': value.id })
      const form = { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': value.id }
      await post(
        `${sandbox.payments.url}/v1/customers`,
        { authorization: 'Bearer sk_test', ...form },
        fields.toString(),
      )
      await upsert('contacts', 'email', value.email, { firstname: value.name })
      return
    }
    const refund = value.type === 'charge.refunded'
    const payment = refund ? value.data.object.payment_intent : value.data.object.id
    if (loses?.(payment) || done.has(`${value.type} ${payment}`)) return
    if (refund && !done.has(`payment_intent.succeeded ${payment}`)) throw new Error('the payment comes first')
    await upsert('deals', 'payment_id', payment, { dealstage: refund ? 'refunded' : 'closedwon' })
    await tell(refund ? 'payment.refunded' : 'payment.recorded', payment)
    done.add(`${value.type} ${payment}`)
  }
  return createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString()
    turn = turn
      .then(() => work(request.url ?? '', text))
      .then(
        () => void response.writeHead(202).end(),
        () => void response.writeHead(503).end(),
      )
  })
}

const listen = (server: Server, port = 0): Promise<string> =>
  new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    open.push({
      [Symbol.asyncDispose]: () =>
        new Promise<void>((closed) => {
          server.close(() => closed())
          server.closeAllConnections()
        }),
    })
  })

const schedule = { delaysMs: [20, 40], afterwards: 'go on', timeoutMs: 5_000 } as const
const PLAN = { signups: 20, payments: 60, refundShare: 0.3, run: 'test' }

it('rides out faults and a gateway that is away, and the three ledgers agree', async () => {
  const faults = {
    payments: [
      { kind: 'error-after-effect', probability: 0.1 },
      { kind: 'cut-after-effect', probability: 0.1 },
    ],
    crm: [
      { kind: 'rate-limited', probability: 0.1 },
      { kind: 'cut-after-effect', probability: 0.1 },
    ],
    app: [{ kind: 'error-after-effect', probability: 0.1 }],
  } as const
  const sandbox = await startSandbox({ schedule, faults, seed: 2 })
  open.push(sandbox)
  const probe = createServer()
  const url = await listen(probe)
  await new Promise((resolve) => probe.close(resolve)) // nobody is there when the traffic begins
  sandbox.payments.setEndpoint({ url: `${url}/in/stripe`, secrets: [SANDBOX_SECRETS.payments] })
  const run = sandbox.start({ eventsUrl: `${url}/events`, ...PLAN })
  await expect.poll(() => Math.min(run.progress().repeats, run.progress().payments), PATIENT).toBeGreaterThan(5)
  expect(sandbox.verdict().lost.length).toBeGreaterThan(0)
  await listen(integration(sandbox), Number(new URL(url).port))
  const sent = await run.done
  await expect.poll(() => sandbox.payments.pending(), PATIENT).toBe(0)
  expect([sent.signups.length, sent.payments.length, run.progress().refused]).toEqual([20, 60, []])
  expect(sent.payments.filter(({ refunded }) => refunded).length).toBe(run.progress().refunds)
  expect(run.progress().refunds).toBeGreaterThan(5)
  expect(sandbox.verdict()).toEqual({ lost: [], doubled: [], outOfOrder: [], stale: [] })
})

it('an integration that loses or doubles is found out', async () => {
  const sandbox = await startSandbox({ schedule, faults: { app: [{ kind: 'error-after-effect', next: 1 }] } })
  open.push(sandbox)
  let lost: string | undefined
  const loses = (payment: string): boolean => {
    lost ??= payment
    return lost === payment
  }
  const url = await listen(integration(sandbox, { loses, newIds: true }))
  sandbox.payments.setEndpoint({ url: `${url}/in/stripe`, secrets: [SANDBOX_SECRETS.payments] })
  const control = (path: string, body?: unknown) =>
    fetch(
      `${sandbox.app.url}/_sandbox/${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    )
  expect((await control('traffic', { eventsUrl: `${url}/events`, payments: -1 })).status).toBe(400)
  expect((await control('traffic', { payments: 10 })).status).toBe(400)
  const begun = await control('traffic', { eventsUrl: `${url}/events`, signups: 2, payments: 10, refundShare: 0 })
  expect(begun.status).toBe(200)
  const finished = async () => ((await (await control('traffic')).json()) as [{ finished: boolean }])[0].finished
  await expect.poll(finished, PATIENT).toBe(true)
  await expect.poll(() => sandbox.payments.pending(), PATIENT).toBe(0)
  const verdict = (await (await control('verdict', {})).json()) as Record<string, string[]>
  expect(verdict['lost']).toEqual([
    `payment ${lost}: no deal`,
    `payment ${lost}: the app was never told payment.recorded`,
  ])
  expect(verdict['doubled']).toEqual([expect.stringMatching(/the app was told payment.recorded 2 times/)])
  const without = (await (await control('verdict', { app: null, deals: null })).json()) as Record<string, string[]>
  expect([without['lost'], without['doubled']]).toEqual([[], []])
  expect((await control('verdict', { gremlins: {} })).status).toBe(400)
})

it('a refund waits for its payment', async () => {
  const faults = { payments: [{ kind: 'late-answer', next: 3, holdMs: 30, path: '/v1/payment_intents' }] } as const
  const sandbox = await startSandbox({ faults })
  open.push(sandbox)
  const run = sandbox.start({ eventsUrl: 'http://127.0.0.1:1/events', signups: 0, payments: 3, refundShare: 1 })
  expect((await run.done).payments.map(({ refunded }) => refunded)).toEqual([true, true, true])
  expect(run.progress()).toMatchObject({ payments: 3, refunds: 3, refused: [], finished: true })
})

it('the same plan and seed give the same steps; a refund comes after its payment', () => {
  const steps = (seed: number) => stepsOf(trafficPlan({ ...PLAN, seed }), seededRandom(seed))
  expect(steps(1)).toEqual(steps(1))
  expect(steps(1)).not.toEqual(steps(2))
  const order = steps(1)
  expect(order.filter(({ does }) => does === 'sign up')).toHaveLength(20)
  for (const [index, step] of order.entries()) {
    if (step.does !== 'refund') continue
    const paid = order.findIndex((other) => other.does === 'pay' && other.number === step.number && other.refunded)
    expect(paid).toBeGreaterThanOrEqual(0)
    expect(paid).toBeLessThan(index)
  }
})

it.each([
  [{ payments: 1.5 }, 'payments'],
  [{ refundShare: 2 }, 'refundShare'],
  [{ concurrency: 0 }, 'concurrency'],
  [{ run: 'A b' }, 'run'],
  [{ speed: 1 } as object, 'speed'],
])('%o is refused by name', (plan, name) => {
  expect(() => trafficPlan(plan)).toThrow(`traffic: ${name}`)
})
