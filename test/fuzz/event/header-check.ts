import type { Arrival } from '../../../src/serve/gateway/arrival.ts'
import { checkHeaders, checkJsonType, checkLength } from '../../../src/serve/gateway/header-check.ts'
import { SIGNED_HEADERS } from '../../../src/serve/verify/verifier.ts'
import type { Chance } from '../chance.ts'
import { mutateText } from '../mutate/text.ts'
import { type AnyTarget, target } from '../target.ts'

interface Sent {
  /** Names and values as they stood in the request. */
  readonly lines: readonly (readonly string[])[]
}

const ONCE = [
  ...SIGNED_HEADERS,
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'origin',
  'traceparent',
  'transfer-encoding',
]
const NAMES = [
  ...ONCE,
  'ce-id',
  'ce-x',
  'accept',
  'x-forwarded-for',
  'cookie',
  'set-cookie',
  '__proto__',
  'constructor',
]
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/vnd.api+json;charset="UTF-8"',
  'text/json; x=y; charset=us-ascii',
]
const VALUES = [...TYPES, '0', '12', '1048577', 'identity', 'gzip', 'x', '']
const MOST = 100
const MAX_BYTES = 1_048_576

export const headerCheck: AnyTarget = target<Sent, 'repeats' | 'many' | 'encoding' | 'length' | 'json'>({
  name: 'header-check',
  about: 'headers before a body is read',
  laws: {
    repeats: 'a header that must come once is refused twice, in any case; all others may repeat',
    many: 'more than 100 lines are refused',
    encoding: 'only the content encoding identity is taken',
    length: 'an announced length over the limit is refused',
    json: 'a type that is not JSON, or not UTF-8, is refused',
  },
  make: (chance) => ({
    lines: Array.from({ length: chance.once(30) ? chance.between(99, 102) : chance.between(0, 8) }, () => line(chance)),
  }),
  check({ lines }, broken) {
    const arrival = arrivalOf(lines)
    const refused = checkHeaders(arrival, MOST)
    const names = lines.map(([name = '']) => name.toLowerCase())
    const twice = names
      .filter((name, i) => names.indexOf(name) < i)
      .some((name) => ONCE.includes(name) || name.startsWith('ce-'))
    const encoding = arrival.headers['content-encoding']?.toLowerCase()
    const plain = encoding === undefined || encoding === 'identity'
    if ((refused?.status === 431) !== lines.length > MOST) broken('many')
    if (lines.length > MOST) return
    if ((refused?.code === 'HEADERS_REFUSED') !== twice) broken('repeats', refused?.detail ?? 'taken')
    if (!twice && (refused?.code === 'CONTENT_TYPE_REFUSED') !== !plain) broken('encoding', String(encoding))
    const tooLong = Number(arrival.headers['content-length'] ?? 0) > MAX_BYTES
    const isLength = /^\d+$/.test(arrival.headers['content-length'] ?? '0') // node:http lets no other through
    if (isLength && (checkLength(arrival, MAX_BYTES) !== undefined) !== tooLong) broken('length')
    const type = arrival.headers['content-type'] ?? ''
    if ((checkJsonType(arrival) === undefined) !== isJson(type)) broken('json', type)
  },
  grow: {
    to: 16_384,
    run(text) {
      const arrival = arrivalOf([
        ['content-type', `application/json;${text}`],
        ['content-encoding', text],
        [text, text],
      ])
      checkHeaders(arrival, MOST)
      checkJsonType(arrival)
    },
  },
})

function line(chance: Chance): readonly string[] {
  const [name, value] = [chance.one(NAMES), chance.one(VALUES)]
  return [
    chance.once(3) ? name.toUpperCase() : name,
    chance.once(3) ? mutateText(chance, value, chance.one(TYPES)) : value,
  ]
}

/** As node:http gives it: the first of a repeated header, or all joined. */
function arrivalOf(lines: readonly (readonly string[])[]): Arrival {
  const headers: Record<string, string> = {}
  for (const [name = '', value = ''] of lines) headers[name.toLowerCase()] ??= value
  return { headers, rawHeaders: lines.flat() } as unknown as Arrival
}

/** The type before the first `;`, and the first charset parameter behind it. */
function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.split(';')
  const media = type.trim().toLowerCase()
  if (media !== 'application/json' && media !== 'text/json' && !media.endsWith('+json')) return false
  for (const parameter of parameters) {
    const [name = '', value = ''] = [
      parameter.trimStart().slice(0, 7).toLowerCase(),
      parameter.trimStart().slice(7).trimStart(),
    ]
    if (name !== 'charset' || !value.startsWith('=')) continue
    const charset = /^[^\s";]*/.exec(value.slice(1).trimStart().replace(/^"/, ''))?.[0] ?? ''
    if (charset !== '') return ['utf-8', 'utf8', 'us-ascii'].includes(charset.toLowerCase())
  }
  return true
}
