import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/adapter/clock/system.ts'
import { hubspot } from '../../src/adapter/connector/hubspot/index.ts'
import { httpClient } from '../../src/adapter/http/index.ts'
import { toTielineError } from '../../src/core/error.ts'
import type { Batch } from '../../src/declare/flow/flow.ts'
import { secret } from '../../src/declare/secret/secret.ts'
import type { Operation } from '../../src/declare/target/operation.ts'
import { perform, type Terms } from '../../src/engine/act.ts'
import { createBatcher } from '../../src/engine/batch/batcher.ts'
import type { Host } from '../../src/port/host.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'
import { held } from './bench.ts'

const LIMITS: Batch = Object.freeze({ count: 100, bytes: 1_000_000, withinMs: 5 })
const http = httpClient()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await http[Symbol.asyncDispose]()
  await sandbox[Symbol.asyncDispose]()
})

const crm = () => hubspot({ token: secret('TOKEN'), baseUrl: sandbox.crm.url, allow: ['127.0.0.1'] })

/** Submits all at once, as the runner would; the code of what failed, else `done`. */
async function outcomes<I>(operation: Operation<I, unknown>, inputs: readonly I[]): Promise<readonly string[]> {
  const stop = new AbortController().signal
  const host: Host = {
    name: 'test',
    clock: systemClock,
    random: () => 0.5,
    digest: (text) => text,
    http,
    secrets: { read: () => ['pat-made-up'] },
    log: () => {},
  }
  const { submit } = createBatcher({
    clock: systemClock,
    stop,
    perform: (one, input, terms) => perform(host, one, input, terms),
  })
  const admissions = localAdmissions()
  return Promise.all(
    inputs.map((input, i) => {
      const terms: Terms = {
        held: held(systemClock, `m${i}`),
        idempotencyKey: `effect-${i}`,
        attempt: 1,
        layers: operation.spec.connector.policy.layers,
        stop,
        admissions,
        tenant: '',
      }
      return submit({ limits: LIMITS, operation, input, terms }).then(
        () => 'done',
        (error: unknown) => toTielineError(error).code,
      )
    }),
  )
}

const ninetyNineDone = (refusedAt: number): readonly string[] =>
  Array.from({ length: 100 }, (_, i) => (i === refusedAt ? 'PROVIDER_REFUSED' : 'done'))

test('of a hundred deals in one request, one is refused', async () => {
  const { deals } = crm()
  const before = sandbox.crm.requests()
  const inputs = Array.from({ length: 100 }, (_, i) => ({
    by: 'payment_id',
    id: `pi_${i}`,
    name: `Payment ${i}`,
    ...(i === 41 && { properties: { 'No Such Property': 'x' } }),
  }))
  expect(await outcomes(deals.upsert, inputs)).toEqual(ninetyNineDone(41))
  expect(sandbox.crm.requests() - before).toBe(1)
})

test('of a hundred contacts, one is in conflict, for which the CRM refuses the whole request', async () => {
  const { contacts } = crm()
  expect(await outcomes(contacts.upsert, [{ by: 'signup_id', id: 'old', email: 'taken@x.example' }])).toEqual(['done'])
  const before = sandbox.crm.requests()
  const inputs = Array.from({ length: 100 }, (_, i) => ({
    by: 'signup_id',
    id: `su_${i}`,
    email: i === 41 ? 'taken@x.example' : `c${i}@x.example`,
  }))
  expect(await outcomes(contacts.upsert, inputs)).toEqual(ninetyNineDone(41))
  expect(sandbox.crm.requests() - before).toBe(15)
})

test('two messages about one contact go in two requests: HubSpot refuses a batch that names a record twice', async () => {
  const { contacts } = crm()
  const before = sandbox.crm.requests()
  const inputs = ['a@x.example', 'A@x.example', 'b@x.example'].map((id) => ({ by: 'email', id, firstName: id }))
  expect(await outcomes(contacts.upsert, inputs)).toEqual(['done', 'done', 'done'])
  expect(sandbox.crm.requests() - before).toBe(2)
})
