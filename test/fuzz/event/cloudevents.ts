import { TielineError } from '../../../src/core/error.ts'
import type { SourceEvent } from '../../../src/declare/source/source.ts'
import { decodeBody } from '../../../src/engine/body.ts'
import { readCloudEvents } from '../../../src/serve/cloudevents/read.ts'
import { jsonBytes } from '../json/corpus.ts'
import { parsed, textOf } from '../json/reference.ts'
import { type Headers, mutateHeaders } from '../mutate/headers.ts'
import { mutateBytes } from '../mutate/text.ts'
import { type AnyTarget, type Broken, target } from '../target.ts'
import { sameData } from './same-data.ts'

interface Sent {
  readonly headers: Headers
  readonly body: Uint8Array
}

const EVENT = {
  specversion: '1.0',
  id: 'e1',
  source: '/app',
  type: 'customer.signed-up',
  subject: 'cus_1',
  time: '2026-09-01T10:00:00Z',
}
const EVENTS: readonly unknown[] = [
  { ...EVENT, data: { name: 'Zoë', n: 1 }, datacontenttype: 'application/json' },
  { ...EVENT, data: 'text', datacontenttype: 'text/plain' },
  { ...EVENT, data: { a: 1 }, datacontenttype: 'text/json' },
  { ...EVENT, data_base64: 'eyJhIjoxfQ==', datacontenttype: 'application/vnd.x+json; charset=utf-8' },
  { ...EVENT, data_base64: '/w==', datacontenttype: 'image/png' },
  { ...EVENT, attempt: 3, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', sampled: true },
  { ...EVENT, datacontenttype: 'text/xml' },
]
const BINARY: Headers = {
  'ce-specversion': '1.0',
  'ce-id': 'e1',
  'ce-source': '/app',
  'ce-type': 't',
  'ce-subject': 'Euro%20%E2%82%AC',
  'ce-time': '2026-09-01T10:00:00.5+02:00',
}
const TYPES = [
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/json',
  'text/plain',
  'application/xml; charset=utf-8',
  'image/png',
  'text/json',
  'application/vnd.x+json',
  'Application/CloudEvents',
  'application/cloudevents+avro',
]
const MAX_DEPTH = 8

type Law = 'refuses' | 'complete' | 'attributes' | 'bytes' | 'restart'

export const cloudEvents: AnyTarget = target<Sent, Law>({
  name: 'cloudevents',
  about: 'CloudEvents in binary, structured and batch mode',
  laws: {
    refuses:
      'what is no event is BODY_MALFORMED or CONTENT_TYPE_REFUSED, with a message of one line and at most 300 characters',
    complete: 'a batch gives all its events, in order; structured mode gives the id, source and type of the document',
    attributes:
      'names are a-z and 0-9; values are bounded, well-formed and without control characters; id, source and type are not empty',
    bytes: 'the bytes of data are those of the request, or null where there is none',
    restart: 'data read again from its stored bytes and attributes is the same data',
  },
  make(chance) {
    const type = { 'content-type': chance.one(TYPES) }
    if (chance.once(3)) {
      const headers = { ...BINARY, ...(chance.once(4) ? {} : type) }
      const body = chance.one([
        jsonBytes(chance),
        Buffer.from('<a/>'),
        Buffer.from('\ufefftext'),
        Buffer.alloc(0),
        Buffer.from([0xff, 0]),
      ])
      return { headers: chance.once(4) ? headers : mutateHeaders(chance, headers, { ...headers, ...type }), body }
    }
    const events = chance.once(2) ? jsonBytes(chance, EVENTS) : jsonBytes(chance, [EVENTS.slice(0, 3), EVENTS.slice(3)])
    const headers = { 'content-type': chance.one(TYPES.slice(0, 2)) }
    return {
      headers: chance.once(6) ? mutateHeaders(chance, headers, type) : headers,
      body: chance.once(8) ? mutateBytes(chance, events) : events,
    }
  },
  check({ headers, body }, broken) {
    let events: readonly SourceEvent[]
    try {
      events = readCloudEvents({
        headers: headers as Record<string, string>,
        body: Buffer.from(body),
        maxDepth: MAX_DEPTH,
      })
    } catch (thrown) {
      if (!(thrown instanceof TielineError)) throw thrown
      if (!['BODY_MALFORMED', 'CONTENT_TYPE_REFUSED'].includes(thrown.code)) broken('refuses', thrown.code)
      if (thrown.message.length > 300 || /[\r\n]/.test(thrown.message)) broken('refuses', thrown.message)
      return
    }
    for (const event of events) checkEvent(event, broken)
    checkDocument(events, body, headers['content-type'], broken)
  },
  grow: {
    to: 16_384,
    run: (text) =>
      readCloudEvents({
        headers: { ...(BINARY as Record<string, string>), 'ce-subject': text, 'content-type': text, 'ce-time': text },
        body: Buffer.from('1'),
        maxDepth: MAX_DEPTH,
      }),
  },
})

function checkEvent({ id, identity, type, attributes, data, raw }: SourceEvent, broken: Broken<Law>): void {
  const { source, ...others } = attributes
  if (!id || !source || !type || identity !== `${source} ${id}` || id.length > 1_024 || type.length > 255)
    broken('attributes', identity)
  for (const [name, value] of Object.entries({ ...others, id, source, type })) {
    if (!/^[a-z0-9]{1,64}$/.test(name) || typeof value !== 'string' || value.length > 4_096) broken('attributes', name)
    if (/\p{Cc}/u.test(value) || !value.isWellFormed()) broken('attributes', value)
  }
  if (raw === undefined) throw broken('bytes', 'none')
  const again = decoded(raw, attributes['datacontenttype'])
  if (!sameData(data, again)) broken('restart', `${JSON.stringify(data)} became ${JSON.stringify(again)}`)
}

function decoded(raw: Uint8Array, contentType: string | undefined): unknown {
  try {
    return decodeBody(raw, contentType)
  } catch (thrown) {
    return String(thrown)
  }
}

/** Against the parsed document, where the request carried one. */
function checkDocument(
  events: readonly SourceEvent[],
  body: Uint8Array,
  contentType: Headers[string],
  broken: Broken<Law>,
): void {
  const type = typeof contentType === 'string' ? contentType.toLowerCase() : ''
  if (!type.trimStart().startsWith('application/cloudevents')) {
    const [event] = events
    const kept = event?.raw ?? Buffer.alloc(0)
    if (!(body.length === 0 ? Buffer.from(kept).toString() === 'null' : Buffer.compare(kept, body) === 0))
      broken('bytes')
    return
  }
  const text = textOf(body) ?? ''
  const document = parsed(text)?.value
  const wanted = (type.includes('batch') ? document : [document]) as readonly Readonly<Record<string, unknown>>[]
  if (wanted.length !== events.length) broken('complete', `${events.length} events`)
  for (const [i, { id, type: kind, attributes }] of events.entries()) {
    const found = [id, kind, attributes['source']].join()
    const there = [wanted[i]?.['id'], wanted[i]?.['type'], wanted[i]?.['source']].join()
    if (found !== there) broken('complete', `${found}, not ${there}`)
  }
}
