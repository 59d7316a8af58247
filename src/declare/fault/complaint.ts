import { readJson } from '../../core/json-value.ts'
import type { HttpResponse } from '../../port/http.ts'
import { redacted } from './redacted.ts'

/** What a provider says is wrong. */
export interface Complaint {
  /** Codes, types and categories of the error, from the most to the least specific. */
  readonly codes: readonly string[]
  /** For people: bounded, on one line, free of secrets. Empty when the answer says nothing readable. */
  readonly message: string
}

const READ_LIMIT = 65_536 // bytes; an error that is larger is a page, not an answer
const MESSAGE_LIMIT = 300 // characters
/** One word of at most 80 characters: a sentence is no code. */
const CODE = /^\w[\w.:/-]{0,79}$/

/** Where providers put their codes. Stripe: `error.{code,type}`; HubSpot: `category`, `policyName`; Salesforce: `errorCode`; NetSuite: `o:errorDetails[0].o:errorCode`; RFC 9457: `type`, `title`. */
const CODE_FIELDS = [
  'code',
  'errorCode',
  'o:errorCode',
  'policyName',
  'subCategory',
  'category',
  'errorType',
  'type',
  'error',
  'status',
  'title',
]
const MESSAGE_FIELDS = ['message', 'detail', 'error_description', 'description', 'title', 'error']

const NOTHING: Complaint = Object.freeze({ codes: Object.freeze([]), message: '' })

const utf8 = new TextDecoder()

/** Reads the error in an answer: JSON where it is JSON, else the beginning of its text unless that is a web page. Never throws. */
export function complaintOf(response: HttpResponse): Complaint {
  if (response.body.length === 0 || response.body.length > READ_LIMIT) return NOTHING
  const text = utf8.decode(response.body)
  const whole = parse(text)
  const parsed: unknown = Array.isArray(whole) ? whole[0] : whole // Salesforce answers a list of errors
  if (!isRecord(parsed)) {
    const page = (response.headers['content-type'] ?? '').includes('html') || text.trimStart().startsWith('<')
    return page ? NOTHING : { codes: [], message: redacted(text, MESSAGE_LIMIT) }
  }
  const places = [parsed['error'], firstOf(parsed['o:errorDetails']), parsed, firstOf(parsed['errors'])].filter(
    isRecord,
  )
  const codes = places
    .flatMap((place) => CODE_FIELDS.map((field) => place[field]))
    .filter(isCode)
    .map(String)
  const message = places.flatMap((place) => MESSAGE_FIELDS.map((field) => place[field])).find(isText)
  return {
    codes: [...new Set(codes)].filter((code) => code !== String(response.status)),
    message: redacted(message ?? '', MESSAGE_LIMIT),
  }
}

function parse(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? (list as unknown[])[0] : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isCode(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && CODE.test(value))
}
