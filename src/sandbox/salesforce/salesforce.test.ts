import { describe, expect, it } from 'vitest'
import { behind, oauth } from '../oauth/oauth.ts'
import { caseSafeId, idSource, isId } from './id.ts'
import { salesforce } from './salesforce.ts'
import { parseSoql } from './soql.ts'

const ROOT = '/services/data/v67.0'

function caller(model = salesforce()) {
  return (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const [place = '', query = ''] = path.split('?')
    const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body))
    const request = { method, path: place, query, headers: { authorization: 'Bearer x', ...headers }, body: bytes }
    const answer = model.handle(request, { nowMs: 1_700_000_000_000, nextId: String })
    return { status: answer.status, body: (answer.body === '' ? null : JSON.parse(answer.body)) as never }
  }
}

describe('ids', () => {
  it.each(['a0D30000001n7PiEAI', '0019000000B98deAAB', '001D000000IqhSLIAZ', '001RM000003oLrHYAU'])('%s', (id) => {
    expect(caseSafeId(id.slice(0, 15))).toBe(id)
    expect([isId(id), isId(id.slice(0, 15)), isId(id.toLowerCase()), isId(`${id}x`)]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('each is of its object, and none is given twice', () => {
    const next = idSource()
    const ids = ['Account', 'Account', 'Lead', 'X__c', 'Y__c', 'X__c'].map(next)
    expect(new Set(ids).size).toBe(6)
    expect(ids.every(isId)).toBe(true)
    expect(ids.map((id) => id.slice(0, 3))).toEqual(['001', '001', '00Q', 'a00', 'a01', 'a00'])
  })
})

describe('SOQL', () => {
  it('is read', () => {
    const text =
      "select Id, Owner.Name from Lead where A = 'x' and B in (1, null) and C not in ('y') and D >= 2026-01-31T00:00:00Z order by A desc, B limit 3"
    expect(parseSoql(text)).toEqual({
      fields: ['Id', 'Owner.Name'],
      from: 'Lead',
      where: [
        { field: 'A', operator: '=', values: ['x'] },
        { field: 'B', operator: 'IN', values: [1, null] },
        { field: 'C', operator: 'NOT IN', values: ['y'] },
        { field: 'D', operator: '>=', values: [{ time: '2026-01-31T00:00:00Z' }] },
      ],
      order: [
        { field: 'A', descending: true },
        { field: 'B', descending: false },
      ],
      limit: 3,
    })
  })

  it.each([
    '',
    'SELECT Id',
    'SELECT FROM Lead',
    'SELECT Id FROM Lead WHERE',
    "SELECT Id FROM Lead WHERE A = 'x",
    "SELECT Id FROM Lead WHERE A = 'x\ny'",
    "SELECT Id FROM Lead WHERE A = 'x\\qy'",
    "SELECT Id FROM Lead WHERE A = 'x' OR A = 'y'",
    'SELECT Id FROM Lead WHERE A NOT = 1',
    'SELECT Id FROM Lead LIMIT x',
    'SELECT Id FROM Lead; DELETE',
  ])('%s is malformed', (text) => {
    const call = caller()
    expect(call('GET', `${ROOT}/query?${new URLSearchParams({ q: text })}`)).toMatchObject({
      status: 400,
      body: [{ errorCode: 'MALFORMED_QUERY' }],
    })
  })
})

it('a repeat is no effect, a relation is resolved, what is unique stays so', () => {
  const model = salesforce({ unique: { Account: ['Code__c'] }, externalIds: { Account: ['Code__c'] } })
  const call = caller(model)
  const made = call('PATCH', `${ROOT}/sobjects/Account/Code__c/1`, { Name: 'a' })
  expect(made).toMatchObject({ status: 201, body: { success: true, created: true } })
  expect(call('PATCH', `${ROOT}/sobjects/Account/Code__c/1`, { Name: 'a' })).toMatchObject({ status: 200 })
  expect(model.ledger()).toMatchObject({ effects: [{ kind: 'created', changed: ['Name', 'Code__c'] }], repeats: 1 })
  expect(call('POST', `${ROOT}/sobjects/Account`, { Name: 'b', Code__c: '1' })).toMatchObject({
    status: 400,
    body: [{ errorCode: 'DUPLICATE_VALUE' }],
  })
  const contact = { LastName: 'c', Account: { Code__c: '1' } }
  const { id } = call('POST', `${ROOT}/sobjects/Contact`, contact).body as { readonly id: string }
  expect(call('GET', `${ROOT}/sobjects/Contact/${id}`).body).toMatchObject({
    AccountId: (made.body as { readonly id: string }).id,
    attributes: { type: 'Contact', url: `${ROOT}/sobjects/Contact/${id}` },
  })
  expect(call('POST', `${ROOT}/sobjects/Contact`, { LastName: 'c', Account: { Code__c: '2' } }).status).toBe(400)
  expect(call('PATCH', `${ROOT}/sobjects/Account/Other__c/1`, {})).toMatchObject({
    status: 404,
    body: [{ errorCode: 'NOT_FOUND' }],
  })
  model.reset()
  expect(model.ledger()).toEqual({ effects: [], repeats: 0 })
})

it('all of a collection, or none', () => {
  const model = salesforce()
  const call = caller(model)
  const record = (X__c: string, Name?: string) => ({ attributes: { type: 'Account' }, X__c, Name })
  const records = [record('1', 'a'), record('2')]
  const place = `${ROOT}/composite/sobjects/Account/X__c`
  expect(call('PATCH', place, { allOrNone: true, records }).body).toMatchObject([
    { success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
    { success: false, errors: [{ statusCode: 'REQUIRED_FIELD_MISSING', fields: ['Name'] }] },
  ])
  expect(model.ledger().effects).toEqual([])
  expect(call('PATCH', place, { records: Array(201).fill(record('1', 'a')) }).status).toBe(400)
  expect(call('PATCH', place, { records: [{ ...record('1', 'a'), attributes: { type: 'Lead' } }] }).status).toBe(400)
  const { id } = (call('PATCH', place, { records: [record('1', 'a')] }).body as { readonly id: string }[])[0]!
  expect(call('DELETE', `${ROOT}/composite/sobjects?ids=${id},nope,001Sb0000000009IAA`).body).toMatchObject([
    { id, success: true },
    { errors: [{ statusCode: 'MALFORMED_ID' }] },
    { errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] },
  ])
})

it.each([
  ['GET', '/services/data/v67.0/nothing', 404, 'NOT_FOUND'],
  ['GET', '/elsewhere', 404, 'NOT_FOUND'],
  ['POST', `${ROOT}/sobjects/Nothing`, 404, 'NOT_FOUND'],
  ['GET', `${ROOT}/sobjects/Account/%zz`, 400, 'JSON_PARSER_ERROR'],
  ['POST', `${ROOT}/composite`, 400, 'JSON_PARSER_ERROR'],
  ['PATCH', `${ROOT}/sobjects/Account/001Sb0000000009AAA`, 404, 'NOT_FOUND'],
])('%s %s is %i %s', (method, path, status, errorCode) => {
  expect(caller()(method, path)).toMatchObject({ status, body: [{ errorCode }] })
})

it('takes the tokens that the sandbox’s token endpoint gives, for as long as they live', () => {
  const endpoint = oauth({ clients: [{ id: 'app', secret: 's3cret' }], lifeS: 60 })
  const model = behind(endpoint, salesforce())
  const nextId = (prefix: string): string => `${prefix}made-up`
  const form = 'grant_type=client_credentials&client_id=app&client_secret=s3cret'
  const body = new TextEncoder().encode(form)
  const asked = { method: 'POST', path: '/oauth2/token', query: '', headers: {}, body }
  const { access_token: token } = JSON.parse(endpoint.handle(asked, { nowMs: 0, nextId }).body) as {
    readonly access_token: string
  }
  const status = (authorization: string, nowMs: number): number => {
    const headers = { authorization }
    const query = new URLSearchParams({ q: 'SELECT Id FROM Lead' }).toString()
    const request = { method: 'GET', path: `${ROOT}/query`, query, headers, body: new Uint8Array() }
    return model.handle(request, { nowMs, nextId }).status
  }
  expect([status(`Bearer ${token}`, 59_999), status(`Bearer ${token}`, 60_000), status('Bearer x', 0)]).toEqual([
    200, 401, 401,
  ])
})
