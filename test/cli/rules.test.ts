import { describe, expect, test } from 'vitest'
import type { Contract } from '../../src/declare/contract/contract.ts'
import { type Mapping, mapping } from '../../src/declare/mapping/mapping.ts'
import { optional } from '../../src/declare/mapping/word/absence.ts'
import { drop } from '../../src/declare/mapping/word/drop.ts'
import { at } from '../../src/declare/mapping/word/position.ts'
import { hedge } from '../../src/declare/policy/hedge.ts'
import { policy, retry, timeout } from '../../src/declare/policy/policy.ts'
import { saga } from '../../src/declare/saga/saga.ts'
import { endpoint, source } from '../../src/declare/source/source.ts'
import { checkDeclarations, RULES } from '../../src/derive/check/checks.ts'
import type { Declared, Finding } from '../../src/derive/check/finding.ts'
import { connector, deals, shop, upsert } from './fixture/flows.ts'

const sound: Declared = {
  flows: [deals()],
  endpoints: [shop],
  secretProblem: () => undefined,
  isPrivate: (host) => host.startsWith('10.'),
}

const notSet = (name: string): string => `the secret ${name} is not set`

const found = (spoilt: Partial<Declared>): readonly Finding[] => checkDeclarations({ ...sound, ...spoilt })
const rules = (spoilt: Partial<Declared>): readonly string[] => found(spoilt).map(({ rule }) => rule)

test('a sound declaration has no findings', () => {
  expect(found({})).toEqual([])
})

test('each rule is known by the name that its findings carry', () => {
  const spoilt: Declared = {
    flows: [deals({ attempts: 1, policy: timeout('1s') }), deals()],
    endpoints: [shop],
    secretProblem: notSet,
  }
  for (const [name, rule] of Object.entries(RULES)) for (const finding of rule(spoilt)) expect(finding.rule).toBe(name)
})

describe('idempotent-retry', () => {
  const once = { by: 'none', why: 'it sends a mail' } as const
  test('a call that doubles its effect and is retried by the flow', () => {
    const [finding] = found({ flows: [deals({ idempotency: once })] })
    expect(finding).toMatchObject({ rule: 'idempotent-retry', severity: 'error', where: 'flow deals / target deal' })
    expect(finding?.message).toBe(
      'crm deals.upsert is not safe to repeat (it sends a mail), and the flow tries up to 12 times',
    )
  })
  test('or by its policy', () => {
    const own = policy(retry({ attempts: 3 }), timeout('1s'))
    expect(rules({ flows: [deals({ idempotency: once, attempts: 1, policy: own })] })).toEqual(['idempotent-retry'])
  })
  test('called once it may be', () => {
    expect(rules({ flows: [deals({ idempotency: once, attempts: 1 })] })).toEqual([])
  })
})

describe('call-timeout', () => {
  test('a connector without a timeout', () => {
    const flows = [deals({ connector: connector({ policy: retry({ attempts: 2 }) }) })]
    expect(rules({ flows })).toEqual(['call-timeout'])
  })
  test("a target's policy replaces the connector's timeout", () => {
    expect(rules({ flows: [deals({ policy: retry({ attempts: 2 }) })] })).toEqual(['call-timeout'])
    expect(rules({ flows: [deals({ policy: policy(retry({ attempts: 2 }), timeout('2s')) })] })).toEqual([])
  })
  test("a step's policy does too, for the calls that it names", () => {
    const step = { do: () => 1, irreversible: 'reads' }
    const to = saga('s', { input: contractOf({}) })
      .step('a', { ...step, calls: [upsert], policy: retry({ attempts: 2 }) })
      .step('b', { ...step, calls: [upsert] })
    expect(found({ flows: [deals({ to })] })).toMatchObject([
      { rule: 'call-timeout', where: 'flow deals / saga s / step a' },
    ])
  })
})

describe('hedged-read', () => {
  const hedged = policy(hedge({ after: '100ms' }), timeout('1s'))
  const reads = { by: 'read' } as const
  test("by the connector's policy, or the target's in its place", () => {
    const [finding] = found({ flows: [deals({ connector: connector({ policy: hedged }) })] })
    expect(finding).toMatchObject({ rule: 'hedged-read', severity: 'error', where: 'flow deals / target deal' })
    expect(finding?.message).toBe(
      "the policy of crm hedges crm deals.upsert, which does more than read (idempotency by 'state'): its first call fails",
    )
    expect(rules({ flows: [deals({ policy: hedged })] })).toEqual(['hedged-read'])
    const own = { connector: connector({ policy: hedged }), policy: timeout('1s') }
    expect(rules({ flows: [deals(own)] })).toEqual([])
  })
  test("by a step's, for the calls that it names", () => {
    const step = { do: () => 1, irreversible: 'a deal stays', calls: [upsert] }
    const to = saga('s', { input: contractOf({}) })
      .step('a', { ...step, policy: hedged })
      .step('b', step)
    expect(found({ flows: [deals({ to })] })).toMatchObject([
      {
        rule: 'hedged-read',
        where: 'flow deals / saga s / step a',
        message: expect.stringMatching(/^its policy hedges/),
      },
    ])
  })
  test('what only reads may be', () => {
    expect(rules({ flows: [deals({ policy: hedged, idempotency: reads })] })).toEqual([])
  })
})

describe('batch-operation', () => {
  const halves = { max: 10, request: () => ({ method: 'POST', path: '/batch' }) as const, response: () => [] }
  test('an operation without halves', () => {
    const [finding] = found({ flows: [deals({ batch: {} })] })
    expect(finding).toMatchObject({ rule: 'batch-operation', severity: 'warning', where: 'flow deals / target deal' })
    expect(finding?.message).toBe(
      'the flow says batch, and crm deals.upsert takes one input at a time: each message goes by itself',
    )
  })
  test('a saga', () => {
    const to = saga('s', { input: contractOf({}) }).step('a', { do: () => 1, irreversible: 'reads', calls: [upsert] })
    expect(found({ flows: [deals({ to, batch: {} })] })).toMatchObject([
      { rule: 'batch-operation', where: 'flow deals / saga s' },
    ])
  })
  test('with halves, or without batch, nothing', () => {
    expect(rules({ flows: [deals({ batch: {}, halves })] })).toEqual([])
    expect(rules({ flows: [deals({ halves })] })).toEqual([])
  })
})

describe('reachable-target', () => {
  const at = (baseUrl: string, allow: readonly string[] = []): Partial<Declared> => ({
    flows: [deals({ connector: connector({ baseUrl, allow }) })],
  })
  test.each([
    'crm.example.com',
    'ftp://crm.example.com',
    'https://',
    'https://crm.example.com/',
    'https://crm.example.com?a=1',
  ])('%s is no address to call', (baseUrl) => {
    expect(rules(at(baseUrl))).toEqual(['reachable-target'])
  })
  test('a private address must be allowed', () => {
    expect(rules(at('http://10.0.0.7:8080'))).toEqual(['reachable-target'])
    expect(rules(at('http://10.0.0.7:8080', ['10.0.0.7']))).toEqual([])
    expect(rules(at('https://crm.example.com/v1'))).toEqual([])
  })
  test('a password in the address is found and not repeated', () => {
    const [finding] = found(at('https://me:hunter2@crm.example.com'))
    expect(finding?.rule).toBe('reachable-target')
    expect(JSON.stringify(finding)).not.toContain('hunter2')
  })
})

describe('secret-set', () => {
  test('of a source and of a connector', () => {
    expect(found({ secretProblem: notSet }).map(({ where }) => where)).toEqual(['source shop', 'connector crm'])
    expect(rules({ secretProblem: (name) => (name === 'CRM_TOKEN' ? notSet(name) : undefined) })).toEqual([
      'secret-set',
    ])
  })
  test('a scheme that signs needs one', () => {
    const open = endpoint({ name: 'open', scheme: 'github', read: () => [] })
    expect(rules({ endpoints: [open] })).toEqual(['secret-set'])
  })
  test('is not asked where nobody can say', () => {
    expect(checkDeclarations({ flows: [deals()], endpoints: [shop] })).toEqual([])
  })
})

describe('unique-name', () => {
  test('two flows', () => {
    expect(found({ flows: [deals(), deals()] })).toMatchObject([{ rule: 'unique-name', where: 'flow deals' }])
  })
  test('two endpoints, unless they are the same one', () => {
    expect(rules({ endpoints: [shop, { ...shop }] })).toEqual(['unique-name'])
    expect(rules({ endpoints: [shop, shop] })).toEqual([])
  })
  test('a former name that is taken', () => {
    expect(rules({ flows: [deals(), deals({ name: 'offers', was: 'deals' })] })).toEqual(['unique-name'])
    expect(rules({ flows: [deals({ name: 'offers', was: 'deals' })] })).toEqual([])
  })
})

describe('compensation', () => {
  const input = contractOf({})
  test('a step without undo and without a reason', () => {
    const to = saga('s', { input })
      .step('a', { do: () => 1, undo: () => 2 })
      .step('b', { do: () => 1 })
    expect(found({ flows: [deals({ to }), deals({ name: 'again', to })] })).toMatchObject([
      { rule: 'compensation', severity: 'error', where: 'saga s / step b' },
    ])
  })
  test('each step says', () => {
    const to = saga('s', { input }).step('a', { do: () => 1, irreversible: 'a mail cannot be called back' })
    expect(rules({ flows: [deals({ to })] })).toEqual([])
  })
})

test('cloudevents-endpoint', () => {
  const events = (name: string) => endpoint({ name, scheme: 'cloudevents', read: () => [] })
  expect(rules({ endpoints: [events('a'), events('b')] })).toEqual(['cloudevents-endpoint'])
  expect(rules({ endpoints: [events('a')] })).toEqual([])
  expect(rules({ endpoints: [events('a'), events('events')] })).toEqual([])
})

const ORDER = {
  type: 'object',
  required: ['id', 'buyer', 'lines'],
  properties: {
    id: { type: 'string' },
    buyer: { $ref: '#/$defs/buyer' },
    lines: { type: 'array', items: { type: 'object', required: ['sku'], properties: { sku: {}, qty: {} } } },
    note: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  },
  $defs: {
    buyer: { anyOf: [{ type: 'null' }, { type: 'object', required: ['mail'], properties: { mail: {}, city: {} } }] },
  },
}

interface Order {
  readonly id: string
  readonly buyer: { readonly mail: string; readonly city: string }
  readonly lines: readonly { readonly sku: string; readonly qty: number }[]
  readonly note: string
  readonly tags: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

function contractOf(jsonSchema: Readonly<Record<string, unknown>>): Contract<unknown> {
  return {
    kind: 'contract',
    name: 'order',
    version: 1,
    compatibility: 'none',
    key: () => 'k',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    jsonSchema,
    check: (value) => ({ ok: true, value }),
    prepare: async () => {},
  }
}

const from = source<Order>({
  endpoint: shop,
  type: 'order.paid',
  contract: contractOf({ properties: { data: ORDER, id: {} }, $defs: ORDER.$defs }),
  body: (event) => (event as { data: unknown }).data,
})

/** A mapping into a contract whose fields only its JSON Schema knows. */
function mapped(fields: (order: never) => object, drops?: (order: never) => readonly unknown[]): Partial<Declared> {
  const spec = { from, to: contractOf(ORDER), fields, ...(drops === undefined ? {} : { drops }) }
  const map = mapping('order', spec as never) as unknown as Mapping<unknown, unknown>
  return { flows: [deals({ map, into: map.to })] }
}

type O = Parameters<typeof whole>[0]
function whole(order: {
  id: never
  note: never
  tags: never
  labels: never
  buyer: { mail: never; city: never }
  lines: { each: (item: (line: { sku: never; qty: never }) => object) => never }
}): object {
  const lines = order.lines.each((line) => ({ sku: line.sku, qty: line.qty }))
  return {
    id: order.id,
    note: order.note,
    tags: order.tags,
    labels: order.labels,
    buyer: { mail: order.buyer.mail, city: order.buyer.city },
    lines,
  }
}
const takes = (fields: (order: O) => object): ((order: never) => object) => fields as never

describe('required-field', () => {
  const missing = (fields: (order: O) => object): readonly string[] =>
    found(mapped(takes(fields)))
      .filter(({ rule }) => rule === 'required-field')
      .map(({ message }) => /requires (\S+),/.exec(message)?.[1] ?? message)

  test('all are there', () => {
    expect(missing(whole)).toEqual([])
  })
  test('absent, left out at times, absent inside an object and inside a list', () => {
    expect(missing((order) => ({ id: optional(order.id), lines: order.lines, buyer: order.buyer }))).toEqual(['id'])
    expect(
      missing((order) => ({
        id: order.id,
        buyer: { city: order.buyer.city },
        lines: order.lines.each((line) => ({ qty: line.qty })),
      })),
    ).toEqual(['buyer.mail', 'lines[].sku'])
  })
})

describe('unmapped-field', () => {
  const left = (fields: (order: O) => object, drops?: (order: O) => readonly unknown[]): readonly string[] =>
    found(mapped(takes(fields), drops as never))
      .filter(({ rule }) => rule === 'unmapped-field')
      .map(({ severity, message }) => `${severity} ${message.split('dropped: ')[1]}`)

  test('nothing is left', () => {
    expect(left(whole)).toEqual([])
  })
  test('an object that is read as a whole counts with all its fields', () => {
    expect(left((order) => ({ ...whole(order), buyer: order.buyer }))).toEqual([])
  })
  test('an entry of a record and an element of a list account for them', () => {
    const one = { tags: (order: O) => at(order.tags, 0), labels: (order: O) => at(order.labels, 'colour') }
    expect(left((order) => ({ ...whole(order), tags: one.tags(order), labels: one.labels(order) }))).toEqual([])
    const without = (order: O): object => ({ ...whole(order), tags: 'x', labels: 'x' })
    expect(left(without)).toEqual(['warning tags[], labels'])
    expect(left(without, (order) => [drop('rare', one.labels(order), one.tags(order))])).toEqual([])
  })
  test('what is neither mapped nor dropped', () => {
    const fields = (order: O): object => ({
      id: order.id,
      buyer: { mail: order.buyer.mail },
      lines: order.lines.each((line) => ({ sku: line.sku })),
    })
    expect(left(fields)).toEqual(['warning buyer.city, lines[].qty, note, tags[], labels'])
    expect(
      left(fields, (order) => [drop('nobody reads them', order.note, order.tags, order.labels, order.buyer.city)]),
    ).toEqual(['warning lines[].qty'])
  })
})

test('a schema that contains itself ends', () => {
  const tree = { required: ['child'], properties: { name: {}, child: { $ref: '#' } } }
  const spec = {
    from: source({ endpoint: shop, type: 't', contract: contractOf(tree) }),
    to: contractOf(tree),
    fields: () => ({ name: 'x' }),
  }
  const map = mapping('tree', spec as never) as unknown as Mapping<unknown, unknown>
  expect(rules({ flows: [deals({ map, into: map.to })] })).toEqual(['required-field', 'unmapped-field'])
})

describe('meaning', () => {
  const said = (properties: Readonly<Record<string, unknown>>): readonly string[] => {
    const to = contractOf({ type: 'object', properties })
    const map = mapping('order', { from, to, fields: () => ({}) } as never) as unknown as Mapping<unknown, unknown>
    const flow = deals({ map, into: map.to })
    return found({ flows: [flow, flow] }).flatMap(({ rule, severity, where, message }) =>
      rule === 'meaning' ? [`${severity} ${where}: ${message.split('mean: ')[1]}`] : [],
    )
  }
  test('a contract that explains some fields explains all', () => {
    const text = { type: 'string' }
    expect(said({ id: text, name: text })).toEqual([])
    expect(said({ id: { ...text, description: 'number' } })).toEqual([])
    expect(said({ id: { ...text, description: 'number' }, name: text, city: text })).toEqual([
      'warning contract order v1: name, city',
    ])
  })
})
