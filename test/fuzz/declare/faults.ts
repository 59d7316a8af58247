import { HUBSPOT_FAULTS } from '../../../src/adapter/connector/hubspot/faults.ts'
import { STRIPE_FAULTS } from '../../../src/adapter/connector/stripe/faults.ts'
import { CODES } from '../../../src/core/codes.ts'
import { faultOf } from '../../../src/core/fault.ts'
import { classify } from '../../../src/declare/fault/classify.ts'
import { HTTP_FAULTS } from '../../../src/declare/fault/http-faults.ts'
import { redacted } from '../../../src/declare/fault/redacted.ts'
import type { Chance } from '../chance.ts'
import { mutateJson, renderJson } from '../mutate/json.ts'
import { mutateBytes, mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly table: number
}

const TABLES = [HTTP_FAULTS, STRIPE_FAULTS, HUBSPOT_FAULTS]
const CALLED = [
  'PROVIDER_FAULT',
  'PROVIDER_BUSY',
  'PROVIDER_REFUSED',
  'CREDENTIAL_REFUSED',
  'PROVIDER_ANSWER',
  'HTTP_REDIRECT',
]
const STATUSES = [
  100, 199, 300, 301, 304, 307, 400, 401, 402, 403, 404, 408, 409, 418, 422, 423, 424, 429, 477, 499, 500, 501, 502,
  503, 504, 505, 521, 599, 600, 999,
]
const SECRETS = [
  'sk_live_TOPSECRET4eC39Hq',
  'whsec_TOPSECRETabc123',
  'pat-eu1-TOPSECRET-1234',
  'ghp_TOPSECRET12345',
  'eyJTOPSECRET0.eyJzdWIi.sig',
  'Bearer TOPSECRETabc123def',
  'api_key=TOPSECRET99',
  '"password": "TOPSECRET"',
]
const BODIES: readonly unknown[] = [
  { error: { code: 'rate_limit', type: 'invalid_request_error', message: 'Request rate limit exceeded.' } },
  {
    status: 'error',
    message: 'You have reached your secondly limit.',
    category: 'RATE_LIMITS',
    policyName: 'DAILY',
    errors: [{ code: 'x', message: 'y' }],
  },
  { type: 'about:blank', title: 'Not Found', status: 404, detail: 'no such thing' },
  'Service Unavailable',
]
const LONGEST = 1_000

export const faults: AnyTarget = target<Answer, 'code' | 'pause' | 'bounded' | 'silent' | 'fault'>({
  name: 'faults',
  about: 'what the answer of a provider means',
  laws: {
    code: 'the code is one of calls: retry or stop as the code has it',
    pause: 'a pause is whole milliseconds from 0 to 30 days, and none where it is over',
    bounded: 'the message is one line, without control characters, of bounded length',
    silent: 'a secret that stands as a word of its own is not in the message',
    fault: 'the fault of it is bounded, and its fingerprint too',
  },
  make: (chance) => {
    const headers = {
      'retry-after': mutateText(chance, chance.one(['1', 'Tue, 01 Sep 2026 10:02:00 GMT', ''])),
      'content-type': chance.one(['application/json', 'text/html', '']),
      location: mutateText(chance, 'https://other.example/path?token=made-up'),
    }
    return { status: chance.one(STATUSES), headers, body: bodyOf(chance), table: chance.below(TABLES.length) }
  },
  check(answer, broken) {
    const table = TABLES[answer.table] as (typeof TABLES)[number]
    const error = classify(answer, table, Date.UTC(2026, 8, 1, 10))
    const { code, disposition, retryAfterMs, message } = error
    if (!CALLED.includes(code) || disposition !== CODES[code].disposition) broken('code', `${code} ${disposition}`)
    const whole =
      retryAfterMs === undefined ||
      (Number.isInteger(retryAfterMs) && retryAfterMs >= 0 && retryAfterMs <= 30 * 86_400_000)
    if (!whole || (disposition === 'stop' && retryAfterMs !== undefined)) broken('pause', String(retryAfterMs))
    if (message.length > LONGEST || /[\p{Cc}\u2028\u2029]/u.test(message)) broken('bounded', message)
    if (message.includes('TOPSECRET') && isPlain(answer.body)) broken('silent', message)
    const fault = faultOf(error)
    if (fault.message.length > LONGEST + 1 || fault.fingerprint.length > 200 || !fault.fingerprint.startsWith(code))
      broken('fault', fault.fingerprint)
  },
  grow: {
    to: 65_536,
    run(text) {
      const error = classify(
        { status: 500, headers: { location: text, 'retry-after': text }, body: Buffer.from(text) },
        HTTP_FAULTS,
        0,
      )
      redacted(text, 10_000)
      faultOf(error)
    },
  },
})

/** An error with a secret in its text, behind a space; the changes are made first, so that they do not tear it. */
function bodyOf(chance: Chance): Uint8Array {
  const body = mutateJson(chance, chance.one(BODIES))
  const secret = chance.one(SECRETS)
  const text = chance.once(2)
    ? renderJson(chance, body)
    : Buffer.from(mutateBytes(chance, Buffer.from(renderJson(chance, body)))).toString()
  const space = text.indexOf(' ')
  return space < 0 || chance.once(3)
    ? Buffer.from(text)
    : Buffer.from(`${text.slice(0, space)} ${escaped(secret, text)} ${text.slice(space + 1)}`)
}

/** Quotes are escaped within JSON. */
function escaped(secret: string, text: string): string {
  return text.startsWith('{') || text.startsWith('"') ? secret.replaceAll('"', '\\"') : secret
}

function isPlain(body: Uint8Array): boolean {
  const text = Buffer.from(body).toString()
  return SECRETS.some((secret) => text.includes(` ${secret} `) || text.includes(` ${secret.replaceAll('"', '\\"')} `))
}
