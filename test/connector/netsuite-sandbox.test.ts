import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type InvoiceInput, type Netsuite, netsuite, suiteql } from '../../src/adapter/connector/netsuite/index.ts'
import { httpClient } from '../../src/adapter/http/index.ts'
import { toTielineError } from '../../src/core/error.ts'
import { classify } from '../../src/declare/fault/classify.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import { type CallContext, type Operation, PERFORM, type ResponseParts } from '../../src/declare/target/operation.ts'
import type { Clock } from '../../src/port/clock.ts'
import { type NetsuiteLedger, type NetsuiteOptions, netsuite as netsuiteModel } from '../../src/sandbox/index.ts'
import { type ProviderServer, serveProvider } from '../../src/sandbox/server/serve-provider.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { contextWith } from './halves.ts'

const http = httpClient()
let server: ProviderServer
let ledger: () => NetsuiteLedger
let erp: Netsuite

async function serve(options: NetsuiteOptions = {}, clock?: Clock): Promise<void> {
  const model = netsuiteModel(options)
  server = await serveProvider(model, clock === undefined ? {} : { clock })
  ledger = () => model.ledger()
  erp = netsuite({ account: '1234567', token: secret('TOKEN'), baseUrl: server.url, allow: ['127.0.0.1'] })
}

beforeEach(() => serve())
afterEach(() => server[Symbol.asyncDispose]())
afterAll(() => http[Symbol.asyncDispose]())

/** What the engine does with an operation, without durability. */
async function perform<I, O>(operation: Operation<I, O>, input: I, idempotencyKey: string): Promise<O> {
  const response = await exchange(operation, input, idempotencyKey)
  return operation.spec.response(response, input)
}

async function exchange<I>(operation: Operation<I, unknown>, input: I, idempotencyKey: string): Promise<ResponseParts> {
  const { connector, request, repeated } = operation.spec
  const parts = request(input, contextWith({ idempotencyKey }))
  const answer = await http.request({
    headers: {},
    ...parts,
    url: connector.baseUrl + parts.path,
    timeoutMs: 5_000,
    maxResponseBytes: connector.maxResponseBytes,
    allow: connector.allow,
  })
  const text = Buffer.from(answer.body).toString()
  const { status, headers } = answer
  const told: ResponseParts = { status, headers, text, json: () => JSON.parse(text) as unknown }
  if (status >= 300 && repeated?.(told) !== true) throw classify(answer, connector.faults, Date.now())
  return told
}

/** What a saga step gives to the operations that it calls. */
const callWith = (idempotencyKey: string): CallContext => ({
  idempotencyKey,
  attempt: 1,
  signal: AbortSignal.timeout(5_000),
  [PERFORM]: (operation, input) => perform(operation, input, idempotencyKey),
})
const call = callWith('k-1')

const failureOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (thrown: unknown) => toTielineError(thrown).code,
  )

const created = (type: string): number =>
  ledger().effects.filter((effect) => effect.kind === 'created' && effect.type === type).length

async function withCustomer(): Promise<InvoiceInput> {
  await erp.customers.upsert({ externalId: 'cus_1', companyName: 'ACME' }, call)
  const [id = '', total, currency] = [(await erp.customers.find({ externalId: 'cus_1' }, call))?.id, '12.50', 'EUR']
  return { externalId: 'pi_1', customer: id, total, currency, memo: 'deal 7' }
}

describe('records', () => {
  test('an upsert twice is one record', async () => {
    const first = await erp.customers.upsert({ externalId: 'cus_1', companyName: 'ACME' }, call)
    expect(await erp.customers.upsert({ externalId: 'cus_1', companyName: 'ACME' }, call)).toEqual(first)
    expect([created('customer'), ledger().repeats]).toEqual([1, 1])
    await erp.customers.upsert({ externalId: 'cus_1', companyName: 'ACME Ltd' }, call)
    expect(await erp.customers.get({ externalId: 'cus_1', fields: ['id', 'companyName'] }, call)).toMatchObject({
      ...first,
      companyName: 'ACME Ltd',
    })
  })

  test('created, changed, found, gone', async () => {
    const { id } = await erp.customers.create({ companyName: 'ACME', externalId: 'cus_1' }, call)
    await erp.customers.update({ id, fields: { email: 'a@x.example' } }, call)
    expect(await erp.customers.find({ externalId: 'cus_1' }, call)).toEqual({ id })
    expect(await erp.customers.get({ id }, call)).toMatchObject({ id, email: 'a@x.example' })
    expect(await failureOf(erp.customers.create({ externalId: 'cus_1' }, call))).toBe('PROVIDER_REFUSED')
    await erp.customers.delete({ id }, call)
    await erp.customers.delete({ id }, call)
    expect(await erp.customers.find({ externalId: 'cus_1' }, call)).toBeNull()
    expect(await failureOf(erp.customers.get({ id }, call))).toBe('PROVIDER_REFUSED')
  })

  test('a repeated upsert does not double the lines; without `replace` it would', async () => {
    const entity = { externalId: 'cus_1' }
    await withCustomer()
    const item = { items: [{ item: { externalId: 'tieline' }, amount: 5 }] }
    await erp.salesOrders.upsert({ externalId: 'so_1', entity, item }, call)
    await erp.salesOrders.upsert({ externalId: 'so_1', entity, item }, call)
    const total = async (): Promise<unknown> => (await erp.salesOrders.get({ externalId: 'so_1' }, call))['total']
    expect(await total()).toBe(5)
    const { spec } = erp.salesOrders.upsert
    const careless: Operation<object, unknown> = Object.assign(async () => undefined, {
      spec: {
        ...spec,
        request: () => ({ ...spec.request({ externalId: 'so_1', entity, item }, contextWith()), path: PLAIN }),
      },
    }) as never
    await perform(careless, {}, 'k-1')
    expect(await total()).toBe(10)
  })

  const PLAIN = '/services/rest/record/v1/salesOrder/eid:so_1'

  test('a sales order becomes an invoice', async () => {
    await withCustomer()
    const item = { items: [{ item: { externalId: 'tieline' }, quantity: 2, rate: 2.5 }] }
    const order = await erp.salesOrders.create({ entity: { externalId: 'cus_1' }, item, memo: 'm' }, call)
    const { id } = await erp.salesOrders.transform({ ...order, to: 'invoice', fields: { externalId: 'inv_1' } }, call)
    expect(await erp.invoices.get({ id, expand: true }, call)).toMatchObject({
      externalId: 'inv_1',
      memo: 'm',
      total: 5,
      amountRemaining: 5,
      item: { items: [{ amount: 5 }] },
    })
    expect(await failureOf(erp.customers.transform({ id, to: 'invoice' }, call))).toBe('PROVIDER_REFUSED')
  })

  test('an order is invoiced once, also when only the repeat is seen', async () => {
    await withCustomer()
    const item = { items: [{ item: { externalId: 'tieline' }, amount: 5 }] }
    const from = await erp.salesOrders.create({ entity: { externalId: 'cus_1' }, item }, call)
    const input = { from, externalId: 'inv_1' }
    const twice: CallContext = {
      ...call,
      // A policy that tries again in process: the first answer is lost.
      [PERFORM]: async (operation, one) => {
        if (operation.spec.name === 'salesOrder.to.invoice') await perform(operation, one, 'k-1')
        return perform(operation, one, 'k-1')
      },
    }
    const invoice = await erp.salesOrders.invoice(input, twice)
    expect(await erp.salesOrders.invoice(input, call)).toEqual(invoice)
    expect(created('invoice')).toBe(1)
    const refused = { from: { id: 'none' }, externalId: 'inv_2' }
    expect(await failureOf(erp.salesOrders.invoice(refused, call))).toBe('PROVIDER_REFUSED')
  })

  test('what NetSuite refuses is named', async () => {
    const item = { items: [{ item: { id: '9999' }, amount: 1 }] }
    await withCustomer()
    const entity = { externalId: 'cus_1' }
    await expect(erp.invoices.upsert({ externalId: 'x', entity, item }, call)).rejects.toThrow(
      /^400 INVALID_CONTENT,.* 9999 /,
    )
    await expect(erp.invoices.upsert({ externalId: 'x' }, call)).rejects.toThrow(/^400 USER_ERROR,.*Customer/)
  })
})

describe('invoices', () => {
  test('made by their total, with a number; the same call again is the same invoice', async () => {
    const input = await withCustomer()
    const invoice = await erp.invoices.create(input, call)
    expect(invoice).toEqual({ id: expect.any(String), number: expect.stringMatching(/^INV/) })
    expect(await erp.invoices.create(input, callWith('another'))).toEqual(invoice)
    expect(created('invoice')).toBe(1)
  })

  test('a connection that is cut after the effect: the repeat finds the one invoice', async () => {
    const input = await withCustomer()
    server.faults.add({ kind: 'cut-after-effect', next: 1, method: 'PUT' })
    expect(await failureOf(erp.invoices.create(input, call))).toBe('HTTP_BROKEN')
    server.faults.add({ kind: 'error-after-effect', next: 1, method: 'PUT' })
    expect(await failureOf(erp.invoices.create(input, call))).toBe('PROVIDER_FAULT')
    expect((await erp.invoices.create(input, call)).number).toMatch(/^INV/)
    expect(created('invoice')).toBe(1)
  })

  test('taken back by one credit memo, however often it is tried', async () => {
    const { id } = await erp.invoices.create(await withCustomer(), call)
    server.faults.add({ kind: 'cut-after-effect', next: 1, path: `/services/rest/record/v1/invoice/${id}/!transform` })
    expect(await failureOf(erp.invoices.void({ id }, call))).toBe('HTTP_BROKEN')
    const memo = await erp.invoices.void({ id }, call)
    const requests = server.requests()
    expect(await erp.invoices.void({ id }, call)).toEqual(memo)
    expect(server.requests() - requests, 'it looks before it makes one').toBe(1)
    expect(created('creditMemo')).toBe(1)
    expect(await erp.invoices.get({ id }, call)).toMatchObject({ amountRemaining: 0, status: { id: 'Paid In Full' } })
    expect(await erp.creditMemos.get({ id: memo.id }, call)).toMatchObject({ externalId: `void-${id}`, total: 12.5 })
  })
})

describe('asynchronous requests', () => {
  test('one record for each idempotency key, also after a cut connection', async () => {
    const input = { companyName: 'ACME' }
    server.faults.add({ kind: 'cut-after-effect', next: 1, method: 'POST' })
    expect(await failureOf(erp.customers.submit(input, call))).toBe('HTTP_BROKEN')
    const job = await erp.customers.submit(input, call)
    expect(await erp.customers.submit(input, call)).toEqual(job)
    expect(created('customer')).toBe(1)
    await erp.customers.submit(input, callWith('k-2'))
    expect(created('customer')).toBe(2)
  })

  test('the result of a job, when it is done', async () => {
    const job = await erp.customers.submit({ companyName: 'ACME' }, call)
    expect(await erp.jobs.status(job, call)).toEqual({ completed: true, progress: 'succeeded' })
    const { id } = await erp.jobs.result(job, call)
    expect(await erp.customers.get({ id }, call)).toMatchObject({ companyName: 'ACME' })
    const refused = await erp.invoices.submit({ memo: 'nobody’s' }, call)
    await expect(erp.jobs.result(refused, call)).rejects.toThrow(/^400 USER_ERROR/)
    expect(await failureOf(erp.jobs.result({ job: 'none' }, call))).toBe('PROVIDER_REFUSED')
  })

  test('a job that is not done asks for a pause', async () => {
    await server[Symbol.asyncDispose]()
    await serve({ jobMs: 60_000 })
    const job = await erp.customers.submit({ companyName: 'ACME' }, call)
    const thrown = await erp.jobs.result(job, call).catch(toTielineError)
    expect(thrown).toMatchObject({ code: 'PROVIDER_BUSY', retryAfterMs: 5_000, message: `job ${job.job} is pending` })
  })
})

describe('SuiteQL', () => {
  test('finds what was written, whatever the text', async () => {
    const names = ["O'Hara", "' OR 1=1 --", 'a\\', '"x"', 'é\n;']
    for (const [i, companyName] of names.entries())
      await erp.customers.upsert({ externalId: `c${i}`, companyName, isPerson: i % 2 === 0 }, call)
    for (const [i, name] of names.entries()) {
      const sql = suiteql`SELECT externalid FROM customer WHERE companyname = ${name}`
      expect(await erp.query({ sql }, call)).toEqual({ rows: [{ externalid: `c${i}` }], total: 1 })
    }
    const people = suiteql`SELECT externalid FROM customer WHERE isperson = ${true} AND companyname IN ${names} ORDER BY id DESC`
    expect((await erp.query({ sql: people }, call)).rows).toEqual([
      { externalid: 'c4' },
      { externalid: 'c2' },
      { externalid: 'c0' },
    ])
  })

  test('pages', async () => {
    for (let i = 0; i < 5; i++) await erp.customers.upsert({ externalId: `c${i}` }, call)
    const sql = suiteql`SELECT externalid FROM customer WHERE email IS NULL ORDER BY externalid`
    const found: unknown[] = []
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page: Awaited<ReturnType<typeof erp.query>> = await erp.query({ sql, limit: 2, offset }, call)
      expect(page.total).toBe(5)
      found.push(...page.rows.map((row) => row['externalid']))
      offset = page.next
    }
    expect(found).toEqual(['c0', 'c1', 'c2', 'c3', 'c4'])
  })

  test('transactions, and what the model does not know', async () => {
    const { id, number } = await erp.invoices.create(await withCustomer(), call)
    const sql = suiteql`SELECT id, tranid, foreigntotal FROM transaction WHERE type = ${'CustInvc'} AND foreigntotal >= ${12.5} AND memo IS NOT NULL`
    expect((await erp.query({ sql }, call)).rows).toEqual([{ id, tranid: number, foreigntotal: 12.5 }])
    const below = suiteql`SELECT * FROM transaction WHERE foreigntotal < ${-1}`
    expect((await erp.query({ sql: below }, call)).total).toBe(0)
    expect(await failureOf(erp.query({ sql: suiteql`SELECT id FROM nothing` }, call))).toBe('PROVIDER_REFUSED')
    expect(await failureOf(erp.query({ sql: suiteql`DELETE FROM customer` }, call))).toBe('PROVIDER_REFUSED')
  })
})

describe('limits and credentials', () => {
  test('more requests at once than the account takes: PROVIDER_BUSY, and it goes on afterwards', async () => {
    await server[Symbol.asyncDispose]()
    const clock = virtualClock()
    await serve({ concurrency: 1 }, clock)
    server.faults.add({ kind: 'late-answer', next: 1, holdMs: 60_000 })
    const late = erp.customers.upsert({ externalId: 'c1' }, call)
    await expect.poll(() => created('customer')).toBe(1)
    const thrown = await erp.customers.upsert({ externalId: 'c2' }, call).catch(toTielineError)
    expect(thrown).toMatchObject({ code: 'PROVIDER_BUSY', disposition: 'retry' })
    expect((thrown as Error).message).toMatch(/^429 CONCURRENCY_LIMIT_EXCEEDED,/)
    await clock.advance(60_000)
    await late
    await erp.customers.upsert({ externalId: 'c2' }, call)
    expect(created('customer')).toBe(2)
  })

  test('a wrong token is a matter of the credential, a 429 on demand carries its pause', async () => {
    await server[Symbol.asyncDispose]()
    await serve({ tokens: ['another'] })
    await expect(erp.customers.find({ externalId: 'a' }, call)).rejects.toThrow(/^401 INVALID_LOGIN/)
    server.faults.add({ kind: 'rate-limited', next: 1, retryAfterS: 3 })
    const thrown = await erp.customers.find({ externalId: 'a' }, call).catch(toTielineError)
    expect(thrown).toMatchObject({ code: 'PROVIDER_BUSY', retryAfterMs: 3_000 })
    server.faults.add({ kind: 'expired-token', next: 1, forMs: 0 })
    expect(await failureOf(erp.customers.find({ externalId: 'a' }, call))).toBe('CREDENTIAL_REFUSED')
  })
})
