import { describe, expect, it } from 'vitest'
import { classify } from '../src/declare/fault/classify.ts'
import { perform, type Terms } from '../src/engine/act.ts'
import { decodeBody } from '../src/engine/body.ts'
import { apply, type SagaState } from '../src/engine/saga-journal.ts'
import type { Host } from '../src/port/host.ts'
import { parseJson } from '../src/serve/parse-json.ts'
import { localAdmissions } from '../src/testing/local-admissions.ts'
import { virtualClock } from '../src/testing/virtual-clock.ts'
import { call } from './engine/world.ts'

/** Every place where Tieline parses what a sender or a provider wrote. */
const DOORS: Readonly<Record<string, (json: string) => unknown>> = {
  'the body of a request': (json) => parseJson(Buffer.from(json), 64),
  'a stored body': (json) => decodeBody(Buffer.from(json), 'application/json'),
  'an answer of a provider': answered,
  'the result of a saga step': (json) => {
    const state = { done: new Set(), results: {} } as unknown as SagaState
    apply(state, { step: 'deal', kind: 'done', result: json })
    return state.results['deal']
  },
}

/** V8 takes the beginning of an escaped name, as it is written, for the name that came at this place before: nodejs/node#63785. */
const WRITTEN: readonly (readonly [former: string, escaped: string, name: string])[] = [
  ['"\\\\u0061"', '"\\u0061mount"', 'amount'],
  ['"amount\\\\"', '"amount\\n"', 'amount\n'],
  ['"\\\\"', '"\\""', '"'],
]

describe.each(Object.entries(DOORS))('%s', (door, read) => {
  it.each(WRITTEN)('with the name %s changes nothing in a later one with %s', async (former, escaped, name) => {
    // A member of its own leads, so that V8 knows the shape from these two texts only.
    const lead = `${door} ${escaped.length}`
    await read(`{"${lead}":1,${former}:2}`)
    expect(await read(`{"${lead}":1,${escaped}:2}`)).toStrictEqual({ [lead]: 1, [name]: 2 })
  })
})

it('an answer that says no is understood, too', () => {
  const refused = (json: string): unknown =>
    classify({ status: 400, headers: {}, body: Buffer.from(json) }, { source: 'this test', rows: [] }, 0).message
  refused('{"lead":1,"\\\\u006de":"another"}')
  expect(refused('{"lead":1,"\\u006dessage":"no such contact"}')).toContain('no such contact')
})

function answered(json: string): Promise<unknown> {
  const host = {
    clock: virtualClock(),
    http: { request: async () => ({ status: 200, headers: {}, body: Buffer.from(json) }) },
  } as unknown as Host
  const held = { over: false, untilMono: 60_000, deadlineMono: 60_000 }
  const { signal: stop } = new AbortController()
  const terms = { held, idempotencyKey: 'k', attempt: 1, layers: [], stop, admissions: localAdmissions(), tenant: '' }
  return perform(host, call<unknown>('read'), {}, terms as unknown as Terms)
}
