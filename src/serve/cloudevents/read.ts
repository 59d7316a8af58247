import { isUtf8 } from 'node:buffer'
import { TielineError } from '../../core/error.ts'
import { elementSpans, memberSpans } from '../../core/json-span.ts'
import { holdsJson, mediaTypeOf } from '../../core/media-type.ts'
import type { SourceEvent } from '../../declare/source/source.ts'
import { parseJson } from '../parse-json.ts'
import { type Attributes, checkAttributes } from './attributes.ts'
import { contentMode } from './content-mode.ts'
import { decodeHeaderValue } from './header-value.ts'

export interface CloudEventsRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  readonly maxDepth: number
}

const PREFIX = 'ce-'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const NOTHING = Buffer.from('null')

/**
 * The events of a request in binary, structured or batch mode (CloudEvents 1.0.2, HTTP Protocol Binding and JSON Event Format).
 * `raw` are the bytes of `data` as they came; an event without data has `null`. Data that is not JSON is text where it is UTF-8, else bytes.
 * @throws {TielineError} BODY_MALFORMED or CONTENT_TYPE_REFUSED
 */
export function readCloudEvents({ headers, body, maxDepth }: CloudEventsRequest): readonly SourceEvent[] {
  const contentType = headers['content-type']
  const mediaType = typeof contentType === 'string' ? mediaTypeOf(contentType) : ''
  const mode = contentMode(mediaType)
  if (mode === 'binary') return [readBinary(headers, mediaType, contentType, body, maxDepth)]
  if (mode === 'other') {
    throw new TielineError('CONTENT_TYPE_REFUSED', 'CloudEvents are taken in the JSON event format only')
  }
  const value = parseJson(body, maxDepth)
  if (mode === 'structured') return [readEvent(value, body, 0, maxDepth, '')]
  if (!Array.isArray(value)) throw wrong('the body of a batch is an array of events')
  const spans = elementSpans(body)
  return value.map((event, i) => readEvent(event, body, spans[i]?.start ?? 0, maxDepth, `event ${i}: `))
}

function readBinary(
  headers: CloudEventsRequest['headers'],
  mediaType: string,
  contentType: string | string[] | undefined,
  body: Buffer,
  maxDepth: number,
): SourceEvent {
  const given = new Map<string, string>()
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX) || typeof value !== 'string') continue
    const name = header.slice(PREFIX.length)
    if (name === 'data' || name === 'data_base64' || name === 'datacontenttype') {
      throw wrong(`the header ${header.slice(0, 64)} must not be there; the type of the data is Content-Type`)
    }
    const text = decodeHeaderValue(value)
    if (text === undefined) throw wrong(`the header ${header.slice(0, 64)} is not percent-encoded UTF-8`)
    given.set(name, text)
  }
  if (given.size === 0) {
    throw wrong(
      'no CloudEvent: send ce- headers (binary), application/cloudevents+json or application/cloudevents-batch+json',
    )
  }
  if (typeof contentType === 'string' && mediaType !== '') given.set('datacontenttype', contentType)
  const attributes = checkAttributes(given, '')
  if (body.length === 0) return withoutData(attributes)
  return event(attributes, readData(body, attributes.others['datacontenttype'], maxDepth, 'the body'), body)
}

function readEvent(value: unknown, body: Buffer, at: number, maxDepth: number, where: string): SourceEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${where}an event is an object`)
  const given = new Map<string, string>()
  let data: unknown
  let base64: unknown
  for (const [name, attribute] of Object.entries(value)) {
    if (attribute === null && name !== 'data') continue // JSON format 2.2: null is the same as not there
    if (name === 'data') data = attribute
    else if (name === 'data_base64') base64 = attribute
    else given.set(name, attributeText(name, attribute, where))
  }
  const attributes = checkAttributes(given, where)
  if (base64 !== undefined) {
    if (data !== undefined) throw wrong(`${where}data and data_base64 exclude each other`)
    if (typeof base64 !== 'string' || !BASE64.test(base64)) throw wrong(`${where}data_base64 is no base64`)
    const bytes = Buffer.from(base64, 'base64')
    return event(
      attributes,
      readData(bytes, attributes.others['datacontenttype'], maxDepth, `${where}data_base64`),
      bytes,
    )
  }
  const span = memberSpans(body, at).get('data')
  if (span === undefined || data === null) return withoutData(attributes)
  return structured(attributes, data, body.subarray(span.start, span.end))
}

/** JSON format 3.1.1: `data` is a JSON value; under a type that is not JSON it is text: a string its own, anything else its JSON. */
function structured(attributes: Attributes, data: unknown, raw: Buffer): SourceEvent {
  if (holdsJson(attributes.others['datacontenttype'])) return event(attributes, data, raw)
  const text = typeof data === 'string' ? data.toWellFormed() : raw.toString()
  return event(attributes, text, Buffer.from(text))
}

/** Without data there is none that a type could describe. */
function withoutData(attributes: Attributes): SourceEvent {
  const { datacontenttype: _, ...others } = attributes.others
  return event({ ...attributes, others }, null, NOTHING)
}

function attributeText(name: string, value: unknown, where: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value)
  throw wrong(`${where}attribute ${JSON.stringify(name.slice(0, 64))} is no string, whole number or boolean`)
}

function readData(bytes: Buffer, contentType: string | undefined, maxDepth: number, what: string): unknown {
  if (holdsJson(contentType)) return parseJson(bytes, maxDepth, what)
  return isUtf8(bytes) ? bytes.toString() : bytes
}

function event({ id, source, type, others }: Attributes, data: unknown, raw: Buffer): SourceEvent {
  return { id, identity: `${source} ${id}`, type, attributes: others, data, raw }
}

function wrong(message: string): TielineError {
  return new TielineError('BODY_MALFORMED', message)
}
