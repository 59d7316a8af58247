import { describe, expect, it } from 'vitest'
import type { ProviderAnswer } from '../provider.ts'
import { type Crm, crm } from './crm.ts'

function client(model: Crm = crm()) {
  let nowMs = 1_700_000_000_000
  const send = (method: string, url: string, value?: unknown, more: Record<string, string> = {}): ProviderAnswer => {
    nowMs += 1
    const [path = '', query = ''] = url.split('?')
    const body = value === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(value))
    const headers = { authorization: 'Bearer token', 'content-type': 'application/json', ...more }
    return model.handle({ method, path, query, headers, body }, { nowMs, nextId: (prefix) => prefix })
  }
  const json = (answer: ProviderAnswer) => (answer.body === '' ? undefined : JSON.parse(answer.body))
  const ask = (method: string, url: string, value?: unknown) => {
    const answer = send(method, url, value)
    return { status: answer.status, body: json(answer) }
  }
  const deal = (id: string, properties: Record<string, unknown> = {}) =>
    ask('POST', '/crm/v3/objects/deals/batch/upsert', { inputs: [{ id, idProperty: 'payment_id', properties }] })
  return { model, send, ask, json, deal }
}

describe('objects', () => {
  it('are created, read, changed and archived', () => {
    const { ask, model } = client()
    const made = ask('POST', '/crm/v3/objects/contacts', { properties: { email: 'Ann@B.example', firstname: 'Ann' } })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ archived: false, properties: { email: 'ann@b.example', firstname: 'Ann' } })
    expect(made.body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const { id } = made.body
    expect(made.body.properties.hs_object_id).toBe(id)
    const changed = ask('PATCH', `/crm/v3/objects/contacts/${id}`, { properties: { firstname: 'Anna', lastname: 7 } })
    expect(changed.body.properties).toMatchObject({ firstname: 'Anna', lastname: '7' })
    expect(changed.body.updatedAt > changed.body.createdAt).toBe(true)
    const read = ask('GET', `/crm/v3/objects/contacts/ANN%40b.example?idProperty=email&properties=lastname,phone`)
    expect(read.body.properties).toMatchObject({ lastname: '7', phone: null })
    expect(read.body.properties).not.toHaveProperty('firstname')
    expect(ask('DELETE', `/crm/v3/objects/contacts/${id}`).status).toBe(204)
    expect(ask('GET', `/crm/v3/objects/contacts/${id}`).status).toBe(404)
    expect(ask('GET', `/crm/v3/objects/contacts/${id}?archived=true`).body.archived).toBe(true)
    expect(model.ledger().effects.map(({ kind }) => kind)).toEqual(['created', 'updated', 'archived'])
  })

  it('an existing e-mail is 409 CONFLICT and names the contact; an archived one is free again', () => {
    const { ask } = client()
    const contact = { properties: { email: 'a@b.example' } }
    const { id } = ask('POST', '/crm/v3/objects/contacts', contact).body
    const again = ask('POST', '/crm/v3/objects/contacts', contact)
    expect(again).toMatchObject({ status: 409, body: { status: 'error', category: 'CONFLICT' } })
    expect(again.body.message).toBe(`Contact already exists. Existing ID: ${id}`)
    ask('DELETE', `/crm/v3/objects/contacts/${id}`)
    expect(ask('POST', '/crm/v3/objects/contacts', contact).status).toBe(201)
  })

  it('another unique property that is taken is 400 CONFLICTING_UNIQUE_VALUE', () => {
    const { ask, deal } = client()
    deal('pi_1')
    const taken = ask('POST', '/crm/v3/objects/deals', { properties: { payment_id: 'pi_1' } })
    expect(taken).toMatchObject({ status: 400, body: { category: 'VALIDATION_ERROR' } })
    expect(taken.body.message).toContain('CONFLICTING_UNIQUE_VALUE')
  })

  it('list in pages', () => {
    const { ask } = client()
    for (let number = 0; number < 7; number++)
      ask('POST', '/crm/v3/objects/companies', { properties: { name: `c${number}` } })
    const names: string[] = []
    let after = ''
    for (;;) {
      const { body } = ask('GET', `/crm/v3/objects/companies?limit=3${after}`)
      names.push(...body.results.map((one: { properties: { name: string } }) => one.properties.name))
      if (!body.paging) break
      after = `&after=${body.paging.next.after}`
    }
    expect(names).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'])
  })
})

describe('batch upsert', () => {
  it('creates, then changes; the same values again are a repeat and no effect', () => {
    const { deal, model } = client()
    const first = deal('pi_1', { dealname: 'Payment', dealstage: 'closedwon' })
    expect(first).toMatchObject({ status: 200, body: { status: 'COMPLETE', results: [{ new: true }] } })
    expect(first.body.results[0].properties).toMatchObject({ payment_id: 'pi_1', dealstage: 'closedwon' })
    const { updatedAt } = first.body.results[0]
    const again = deal('pi_1', { dealname: 'Payment', dealstage: 'closedwon' })
    expect(again.body.results[0]).toMatchObject({ new: false, id: first.body.results[0].id, updatedAt })
    deal('pi_1', { dealstage: 'refunded' })
    expect(model.ledger()).toMatchObject({
      repeats: 1,
      effects: [
        { kind: 'created', keys: { payment_id: 'pi_1' } },
        { kind: 'updated', changed: ['dealstage'], properties: { dealname: 'Payment', dealstage: 'refunded' } },
      ],
    })
  })

  it('does the good inputs and names the bad ones: 207', () => {
    const { ask } = client()
    const { status, body } = ask('POST', '/crm/v3/objects/deals/batch/upsert?idProperty=payment_id', {
      inputs: [
        { id: 'pi_1', properties: { amount: 5 } },
        { id: 'pi_2', properties: { 'No Such': 'x' } },
      ],
    })
    expect(status).toBe(207)
    expect(body).toMatchObject({ numErrors: 1, errors: [{ category: 'VALIDATION_ERROR', context: { ids: ['pi_2'] } }] })
    expect(body.results.map((one: { properties: { payment_id: string } }) => one.properties.payment_id)).toEqual([
      'pi_1',
    ])
  })

  it('refuses all for a conflict: 409, with what came before it done', () => {
    const { ask, model } = client()
    const email = 'taken@b.example'
    ask('POST', '/crm/v3/objects/contacts', { properties: { email } })
    const answer = ask('POST', '/crm/v3/objects/contacts/batch/upsert?idProperty=signup_id', {
      inputs: ['s1', 's2', 's3'].map((id) => ({ id, properties: id === 's2' ? { email } : {} })),
    })
    expect(answer).toMatchObject({ status: 409, body: { status: 'error', category: 'CONFLICT' } })
    expect(model.ledger().effects.map(({ keys }) => keys['signup_id'])).toEqual([undefined, 's1'])
  })

  it.each([
    ['no good input', { inputs: [{ id: 'a', idProperty: 'payment_id', properties: { amount: {} } }] }],
    ['a property that is not unique', { inputs: [{ id: 'a', idProperty: 'dealname', properties: {} }] }],
    ['no idProperty', { inputs: [{ id: 'a', properties: {} }] }],
    ['an id twice', { inputs: [1, 2].map(() => ({ id: 'a', idProperty: 'payment_id', properties: {} })) }],
    ['no inputs', { inputs: [] }],
    ['101 inputs', { inputs: Array.from({ length: 101 }, (_, id) => ({ id: `${id}`, idProperty: 'payment_id' })) }],
  ])('%s is 400 and has no effect', (_, body) => {
    const { ask, model } = client()
    expect(ask('POST', '/crm/v3/objects/deals/batch/upsert', body)).toMatchObject({
      status: 400,
      body: { status: 'error', category: 'VALIDATION_ERROR', correlationId: expect.stringMatching(/^[\da-f-]{36}$/) },
    })
    expect(model.ledger().effects).toEqual([])
  })

  it('reads in batches, too', () => {
    const { ask, deal } = client()
    deal('pi_1', { amount: '5' })
    const body = { idProperty: 'payment_id', properties: ['amount'], inputs: [{ id: 'pi_1' }, { id: 'pi_2' }] }
    expect(ask('POST', '/crm/v3/objects/deals/batch/read', body)).toMatchObject({
      status: 207,
      body: { results: [{ properties: { amount: '5' } }], errors: [{ context: { ids: ['pi_2'] } }] },
    })
  })
})

describe('search', () => {
  const filled = () => {
    const { ask, deal } = client()
    for (let number = 1; number <= 12; number++) {
      deal(`pi_${number}`, { amount: String(number * 10), dealstage: number % 2 ? 'closedwon' : 'refunded' })
    }
    return (body: unknown) => ask('POST', '/crm/v3/objects/deals/search', body)
  }
  const filters = (...list: unknown[]) => ({
    filterGroups: [{ filters: list }],
    properties: ['payment_id'],
    limit: 100,
  })
  const ids = (answer: { body: { results: { properties: { payment_id: string } }[] } }) =>
    answer.body.results.map((one) => Number(one.properties.payment_id.slice(3)))

  it.each([
    [{ propertyName: 'payment_id', operator: 'EQ', value: 'pi_3' }, [3]],
    [{ propertyName: 'dealstage', operator: 'EQ', value: 'closedwon' }, [1, 3, 5, 7, 9, 11]],
    [{ propertyName: 'dealstage', operator: 'NEQ', value: 'closedwon' }, [2, 4, 6, 8, 10, 12]],
    [{ propertyName: 'amount', operator: 'GT', value: '100' }, [11, 12]],
    [{ propertyName: 'amount', operator: 'LTE', value: '20' }, [1, 2]],
    [{ propertyName: 'amount', operator: 'BETWEEN', value: '90', highValue: '100' }, [9, 10]],
    [{ propertyName: 'payment_id', operator: 'IN', values: ['pi_2', 'pi_4', 'pi_99'] }, [2, 4]],
    [{ propertyName: 'dealname', operator: 'HAS_PROPERTY' }, []],
    [{ propertyName: 'payment_id', operator: 'CONTAINS_TOKEN', value: '*_1*' }, [1, 10, 11, 12]],
  ])('%o finds %o', (filter, expected) => {
    expect(ids(filled()(filters(filter)))).toEqual(expected)
  })

  it('filters of a group hold together, groups are alternatives, and results come in pages and sorted', () => {
    const search = filled()
    const group = (value: string) => ({
      filters: [
        { propertyName: 'dealstage', operator: 'EQ', value },
        { propertyName: 'amount', operator: 'GTE', value: '90' },
      ],
    })
    const body = {
      filterGroups: [group('closedwon'), group('refunded')],
      sorts: [{ propertyName: 'amount', direction: 'DESCENDING' }],
      properties: ['payment_id'],
      limit: 3,
    }
    const first = search(body)
    expect([first.body.total, ids(first), first.body.paging]).toEqual([4, [12, 11, 10], { next: { after: '3' } }])
    const second = search({ ...body, after: '3' })
    expect([ids(second), second.body.paging]).toEqual([[9], undefined])
  })

  it.each([
    [{ filterGroups: [{ filters: [{ propertyName: 'amount', operator: 'LIKE', value: '1' }] }] }],
    [{ filterGroups: Array.from({ length: 6 }, () => ({ filters: [] })) }],
    [{ limit: 201 }],
    [{ after: '9999', limit: 10 }],
  ])('%o is refused', (body) => {
    expect(filled()(body).status).toBe(400)
  })
})

describe('associations', () => {
  it('link both ways, once', () => {
    const { ask, deal, model } = client()
    const dealId = deal('pi_1').body.results[0].id
    const contact = ask('POST', '/crm/v3/objects/contacts', { properties: { email: 'a@b.example' } }).body.id
    const path = `/crm/v4/objects/deals/${dealId}/associations`
    const linked = ask('PUT', `${path}/default/contacts/${contact}`)
    expect(linked.body).toMatchObject({
      status: 'COMPLETE',
      results: [
        { from: { id: dealId }, to: { id: contact }, associationSpec: { associationTypeId: 3 } },
        { from: { id: contact }, to: { id: dealId }, associationSpec: { associationTypeId: 4 } },
      ],
    })
    ask('PUT', `${path}/default/contacts/${contact}`)
    expect(model.ledger().repeats).toBe(1)
    expect(ask('GET', `${path}/contacts`).body.results).toMatchObject([
      { toObjectId: Number(contact), associationTypes: [{ typeId: 3 }] },
    ])
    expect(ask('GET', `/crm/v4/objects/contacts/${contact}/associations/deals`).body.results).toHaveLength(1)
    expect(ask('DELETE', `${path}/contacts/${contact}`).status).toBe(204)
    expect(ask('GET', `${path}/contacts`).body.results).toEqual([])
    expect(ask('PUT', `${path}/default/contacts/999`).status).toBe(404)
  })

  it('come with a new object, or not at all', () => {
    const { ask, model } = client()
    const company = ask('POST', '/crm/v3/objects/companies', { properties: { name: 'c' } }).body.id
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 341 }]
    const body = (id: string) => ({ properties: { dealname: 'd' }, associations: [{ to: { id }, types }] })
    expect(ask('POST', '/crm/v3/objects/deals', body('999')).status).toBe(404)
    expect(model.ledger().effects).toHaveLength(1)
    const deal = ask('POST', '/crm/v3/objects/deals', body(company)).body.id
    expect(ask('GET', `/crm/v4/objects/deals/${deal}/associations/companies`).body.results).toHaveLength(1)
  })
})

describe('the door', () => {
  it('counts the rate and refuses beyond it', () => {
    const { send, json } = client(crm({ rate: { max: 2, intervalMs: 10_000, daily: 100 } }))
    const answers = [1, 2, 3].map(() => send('GET', '/crm/v3/objects/deals'))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers.map(({ headers }) => headers['x-hubspot-ratelimit-remaining'])).toEqual(['1', '0', '0'])
    expect(json(answers[2] as ProviderAnswer)).toMatchObject({
      policyName: 'TEN_SECONDLY_ROLLING',
      errorType: 'RATE_LIMIT',
    })
  })

  it.each([
    ['GET', '/crm/v3/objects/deals', undefined, { authorization: '' }, 401, 'INVALID_AUTHENTICATION'],
    ['GET', '/crm/v3/objects/tickets', undefined, {}, 400, 'VALIDATION_ERROR'],
    ['GET', '/crm/v3/objects/constructor', undefined, {}, 400, 'VALIDATION_ERROR'],
    ['GET', '/crm/v3/objects/deals/%C3', undefined, {}, 400, 'VALIDATION_ERROR'],
    ['GET', '/crm/v9', undefined, {}, 404, 'OBJECT_NOT_FOUND'],
    ['POST', '/crm/v3/objects/deals', 'text', {}, 400, 'VALIDATION_ERROR'],
    ['POST', '/crm/v3/objects/deals', { properties: { hs_object_id: '1' } }, {}, 400, 'VALIDATION_ERROR'],
    ['POST', '/crm/v3/objects/contacts', { properties: { email: 'nonsense' } }, {}, 400, 'VALIDATION_ERROR'],
  ])('%s %s %o is refused', (method, url, body, headers, status, category) => {
    const { send, json } = client()
    const answer = send(method, url, body, headers as Record<string, string>)
    expect([answer.status, json(answer).category, json(answer).status]).toEqual([status, category, 'error'])
  })

  it('reset forgets objects, and their ids are not given again', () => {
    const { deal, model } = client()
    const { id } = deal('pi_1').body.results[0]
    model.reset()
    expect(model.ledger()).toEqual({ effects: [], repeats: 0 })
    expect(deal('pi_1').body.results[0]).toMatchObject({ new: true })
    expect(deal('pi_1').body.results[0].id).not.toBe(id)
  })
})

describe('values that are no text', () => {
  it.each(['limit', 'after', 'query', 'properties', 'sorts'])(
    '%s: 400, also where an object refuses to become text',
    (name) => {
      const { ask } = client()
      const value = { toString: null, valueOf: null }
      const given = name === 'properties' ? [value] : name === 'sorts' ? [{ propertyName: value }] : value
      expect(ask('POST', '/crm/v3/objects/contacts/search', { [name]: given })).toMatchObject({
        status: 400,
        body: { category: 'VALIDATION_ERROR' },
      })
    },
  )

  it('an e-mail address longer than an address can be: 400, at once', () => {
    const { ask } = client()
    const made = ask('POST', '/crm/v3/objects/contacts', { properties: { email: `a@${'.'.repeat(60_000)}@` } })
    expect(made).toMatchObject({ status: 400, body: { category: 'VALIDATION_ERROR' } })
  })
})
