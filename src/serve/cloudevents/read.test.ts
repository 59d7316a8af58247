import { CloudEvent, HTTP } from 'cloudevents'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TielineError } from '../../core/error.ts'
import type { SourceEvent } from '../../declare/source/source.ts'
import { decodeBody } from '../../engine/body.ts'
import { readCloudEvents } from './read.ts'

const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' }
const BATCH = { 'content-type': 'application/cloudevents-batch+json' }
const EVENT = { specversion: '1.0', id: 'e1', source: '/app', type: 'customer.signed-up' }
const BINARY = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/app', 'ce-type': 'customer.signed-up' }
const JSON_BINARY = { ...BINARY, 'content-type': 'application/json' }

const read = (headers: Record<string, string>, body: unknown): readonly SourceEvent[] =>
  readCloudEvents({
    headers,
    body: Buffer.from(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)),
    maxDepth: 8,
  })
const structured = (event: unknown): SourceEvent => read(STRUCTURED, event)[0]!
const text = (event: SourceEvent | undefined): string => Buffer.from(event?.raw ?? []).toString()

describe('what the SDK sends is read', () => {
  const sent = new CloudEvent({
    id: 'e1',
    source: '/app/1',
    type: 'customer.signed-up',
    time: '2026-09-01T10:00:00.000Z',
    subject: 'cus_1',
    datacontenttype: 'application/json',
    data: { name: 'Zoë', n: 1 },
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    attempt: 3,
  })
  const expected = {
    id: 'e1',
    identity: '/app/1 e1',
    type: 'customer.signed-up',
    attributes: {
      source: '/app/1',
      time: '2026-09-01T10:00:00.000Z',
      subject: 'cus_1',
      datacontenttype: 'application/json',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      attempt: '3',
    },
    data: { name: 'Zoë', n: 1 },
  }
  const lower = (headers: object): Record<string, string> =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))

  it('binary', () => {
    const { headers, body } = HTTP.binary(sent)
    const [event] = read(lower(headers), body as string)
    expect(event).toMatchObject(expected)
    expect(JSON.parse(text(event))).toEqual(expected.data)
  })

  it('structured', () => {
    const { headers, body } = HTTP.structured(sent)
    const [event] = read(lower(headers), body as string)
    expect(event).toMatchObject(expected)
    expect(JSON.parse(text(event))).toEqual(expected.data)
  })

  it('batch', () => {
    const events = read(BATCH, [sent.toJSON(), { ...EVENT, id: 'e2', data: [1] }])
    expect(events).toHaveLength(2)
    expect(events[0]).toMatchObject(expected)
    expect(events[1]).toMatchObject({ id: 'e2', identity: '/app e2', data: [1] })
    expect(events.map(text).map((raw) => JSON.parse(raw))).toEqual([expected.data, [1]])
  })
})

describe('data', () => {
  it('keeps its bytes, numbers beyond 2^53 included', () => {
    const body = '{"data": {"n": 12345678901234567890} ,"specversion":"1.0","id":"e1","source":"/app","type":"t"}'
    expect(text(structured(body))).toBe('{"n": 12345678901234567890}')
    expect(text(read(BATCH, `[ ${body} ]`)[0])).toBe('{"n": 12345678901234567890}')
  })

  it('is null where there is none', () => {
    for (const event of [structured(EVENT), structured({ ...EVENT, data: null }), read(BINARY, '')[0]!]) {
      expect([event.data, text(event)]).toEqual([null, 'null'])
    }
  })

  it('in base64 is decoded, and parsed where it is JSON', () => {
    const base64 = (value: string) => ({ ...EVENT, data_base64: Buffer.from(value).toString('base64') })
    expect(structured({ ...base64('{"a":1}'), datacontenttype: 'application/json' })).toMatchObject({ data: { a: 1 } })
    expect(structured({ ...base64('hé'), datacontenttype: 'text/plain' })).toMatchObject({ data: 'hé' })
    const bytes = { ...EVENT, data_base64: '/w==', datacontenttype: 'image/png' }
    expect(structured(bytes).data).toEqual(Buffer.from([0xff]))
  })

  it('of another type is text', () => {
    expect(read({ ...BINARY, 'content-type': 'application/xml' }, '<a/>')[0]).toMatchObject({ data: '<a/>' })
    const event = structured({ ...EVENT, datacontenttype: 'application/xml', data: '<a/>' })
    expect([event.data, text(event)]).toEqual(['<a/>', '<a/>'])
    expect(text(structured({ ...EVENT, datacontenttype: 'application/json', data: 'x' }))).toBe('"x"')
  })
})

describe('data read again from the store', () => {
  it.each<[string, SourceEvent, unknown]>([
    ['no data under a type that is not JSON', structured({ ...EVENT, datacontenttype: 'text/xml' }), null],
    ['an empty body under one', read({ ...BINARY, 'content-type': 'text/xml' }, '')[0]!, null],
    ['an object under one', structured({ ...EVENT, datacontenttype: 'text/xml', data: { a: 1 } }), '{"a":1}'],
    ['half a surrogate under one', structured({ ...EVENT, datacontenttype: 'text/plain', data: '\ud800' }), '\ufffd'],
    ['text/json', structured({ ...EVENT, datacontenttype: 'text/json', data: { a: 1 } }), { a: 1 }],
    ['an empty type', structured({ ...EVENT, datacontenttype: '', data: 'x' }), 'x'],
    ['a byte order mark', read({ ...BINARY, 'content-type': 'text/plain' }, '\ufeffx')[0]!, '\ufeffx'],
    [
      'bytes',
      structured({ ...EVENT, datacontenttype: 'image/png', data_base64: '/w==' }),
      new Uint8Array(Buffer.from([0xff])),
    ],
  ])('is the same: %s', (_, { data, raw, attributes }, wanted) => {
    const again = decodeBody(new Uint8Array(raw ?? []), attributes['datacontenttype'])
    expect(again).toEqual(wanted)
    expect(data instanceof Buffer ? new Uint8Array(data) : data).toEqual(wanted)
  })
})

describe('an event of another source with the same id', () => {
  it('is another event', () => {
    const [a, b] = read(BATCH, [EVENT, { ...EVENT, source: '/other' }])
    expect(a?.id).toBe(b?.id)
    expect(a?.identity).not.toBe(b?.identity)
  })
})

describe('headers', () => {
  it('are percent-decoded one round and unquoted', () => {
    const subject = (value: string) => read({ ...JSON_BINARY, 'ce-subject': value }, '{}')[0]?.attributes['subject']
    expect(subject('Euro%20%E2%82%AC%20%F0%9F%98%80')).toBe('Euro € 😀')
    expect(subject('100%2525')).toBe('100%25')
    expect(subject('"a \\"b\\" c"')).toBe('a "b" c')
    expect(subject(Buffer.from('é').toString('latin1'))).toBe('é')
  })

  it.each(['%C0%A0', '%ff', '%', '%4', '%zz', '\xff'])('that hold %s are refused', (value) => {
    expect(() => read({ ...JSON_BINARY, 'ce-subject': value }, '{}')).toThrow('percent-encoded')
  })

  it('come back as they were encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        fc.pre(value.isWellFormed() && !/\p{Cc}/u.test(value))
        const encoded = encodeHeaderValue(value)
        expect(encoded).toMatch(/^[\x21-\x7e]*$/)
        expect(read({ ...JSON_BINARY, 'ce-subject': encoded }, '{}')[0]?.attributes['subject']).toBe(value)
      }),
    )
  })
})

describe('refused', () => {
  it.each<[string, unknown, string]>([
    ['no id', { ...EVENT, id: undefined }, 'id is missing or empty'],
    ['an empty id', { ...EVENT, id: '' }, 'id is missing or empty'],
    ['no source', { ...EVENT, source: null }, 'source is missing or empty'],
    ['no type', { ...EVENT, type: undefined }, 'type is missing or empty'],
    ['no version', { ...EVENT, specversion: undefined }, 'specversion is missing'],
    ['another version', { ...EVENT, specversion: '0.3' }, 'only 1.0 is taken'],
    ['a bad name', { ...EVENT, 'my-ext': 'x' }, 'names have only a-z and 0-9'],
    ['an upper-case name', { ...EVENT, Subject: 'x' }, 'names have only a-z and 0-9'],
    ['a structured attribute', { ...EVENT, ext: { a: 1 } }, 'no string, whole number or boolean'],
    ['a fraction', { ...EVENT, ext: 1.5 }, 'no string, whole number or boolean'],
    ['a bad time', { ...EVENT, time: 'yesterday' }, 'time is no RFC 3339 time'],
    ['white space in source', { ...EVENT, source: 'a b' }, 'source is no URI reference'],
    ['a control character', { ...EVENT, subject: 'a\u0000b' }, 'characters that are not allowed'],
    ['half a surrogate', { ...EVENT, subject: '\ud800' }, 'characters that are not allowed'],
    ['a long attribute', { ...EVENT, subject: 'x'.repeat(5_000) }, 'longer than 4096'],
    ['both kinds of data', { ...EVENT, data: 1, data_base64: 'AA==' }, 'exclude each other'],
    ['no base64', { ...EVENT, data_base64: 'A' }, 'data_base64 is no base64'],
    ['a list in structured mode', [EVENT], 'an event is an object'],
    ['too deep', { ...EVENT, data: [[[[[[[[[1]]]]]]]]] }, 'deeper than 8'],
  ])('%s', (_, event, message) => {
    expect(() => structured(event)).toThrow(expect.objectContaining({ code: 'BODY_MALFORMED' }))
    expect(() => structured(event)).toThrow(message)
  })

  it('events in a batch, naming which', () => {
    expect(() => read(BATCH, [EVENT, { ...EVENT, id: '' }])).toThrow('event 1: id is missing')
    expect(() => read(BATCH, EVENT)).toThrow('an array of events')
    expect(() => read(BATCH, [1])).toThrow('event 0: an event is an object')
  })

  it('what is no CloudEvent, and formats that are not JSON', () => {
    expect(() => read({ 'content-type': 'application/json' }, '{}')).toThrow('no CloudEvent')
    for (const type of ['application/cloudevents+avro', 'application/cloudevents-batch+xml']) {
      expect(() => read({ 'content-type': type }, '{}')).toThrow(
        expect.objectContaining({ code: 'CONTENT_TYPE_REFUSED' }),
      )
    }
    expect(() => read({ ...JSON_BINARY, 'ce-datacontenttype': 'text/plain' }, '{}')).toThrow('must not be there')
    expect(() => read({ ...JSON_BINARY, 'ce-data': 'x' }, '{}')).toThrow('must not be there')
  })
})

it('an empty batch is no events', () => {
  expect(read(BATCH, [])).toEqual([])
})

it('reads or refuses anything, and throws nothing else', () => {
  const piece = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.json())
  const event = fc.dictionary(
    fc.oneof(
      fc.constantFrom('specversion', 'id', 'source', 'type', 'time', 'data', 'data_base64', '__proto__'),
      fc.string(),
    ),
    fc.oneof(fc.constant('1.0'), piece),
  )
  const body = fc.oneof(
    fc.json(),
    event.map((value) => JSON.stringify(value)),
    fc.array(event).map((v) => JSON.stringify(v)),
  )
  const headers = fc.oneof(
    fc.constant(STRUCTURED),
    fc.constant(BATCH),
    fc.dictionary(fc.constantFrom(...Object.keys(JSON_BINARY), 'ce-time', 'ce-x'), fc.string()),
  )
  fc.assert(
    fc.property(headers, body, (given, sent) => {
      try {
        for (const found of read(given, sent)) expect(found.identity).toBe(`${found.attributes['source']} ${found.id}`)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(TielineError)
        expect(['BODY_MALFORMED', 'CONTENT_TYPE_REFUSED']).toContain((thrown as TielineError).code)
      }
    }),
    { numRuns: 500 },
  )
})

/** As a producer must: space, `"`, `%` and all that is not printable ASCII become escapes of their UTF-8 bytes. */
function encodeHeaderValue(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
