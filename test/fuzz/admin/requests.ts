import type { Chance } from '../chance.ts'
import { mutateJson } from '../mutate/json.ts'
import { mutateBytes, mutateText } from '../mutate/text.ts'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const WHY = 'corrected'
const GETS = [
  '/status',
  '/flows',
  '/controls',
  '/openapi.json',
  '/messages?state=dead,quarantined&flow=payments&key=cus_1&limit=50&after=17',
  '/messages?source=stripe&id=evt_1&fingerprint=X%3A%20y',
  '/messages/evt_1%2F2',
  '/why?key=cus_1',
  '/dead?flow=&limit=500',
]
const POSTS: readonly (readonly [path: string, body: unknown])[] = [
  ['/dead/replay', { works: ['1', '2'], why: WHY }],
  ['/dead/replay', { flow: 'payments', fingerprint: 'X: y', rate: 10.5, why: WHY }],
  ['/dead/discard', { flow: '', why: WHY }],
  ['/dead/edit', { work: '1', body: { id: 'evt_1' }, why: WHY }],
  ['/dead/edit', { work: '1', body: 'eyJhIjoxfQ==', why: WHY }],
  ['/dead/edit', { work: '1', text: 'a,b', why: WHY }],
  ['/pause', { target: 'flow:payments', for: '30m', why: WHY }],
  ['/resume', { target: 'connector:crm' }],
  ['/limit', { target: 'flow:payments', concurrency: 2, for: '1.5h', why: WHY }],
]
const HEADERS = { host: '127.0.0.1:4400', 'content-type': 'application/json' }

/** A request of an operator, nearly always changed somewhere: path, query, headers, fields or bytes. */
export function asked(chance: Chance): Asked {
  const get = chance.once(2)
  const [path, value] = get ? [chance.one(GETS), undefined] : chance.one(POSTS)
  const changed = chance.once(6)
    ? mutateText(chance, path, chance.one(GETS))
    : get && chance.once(2)
      ? query(chance, path)
      : path
  const fields = Buffer.from(JSON.stringify(chance.once(6) ? value : mutateJson(chance, value)) ?? '')
  return {
    method: chance.once(20) ? chance.one(['PUT', 'DELETE', 'HEAD', '', 'get']) : get ? 'GET' : 'POST',
    url: `/admin/v1${changed}`,
    headers: chance.once(10) ? { ...HEADERS, ...odd(chance) } : HEADERS,
    body: chance.once(8) ? mutateBytes(chance, fields) : fields,
  }
}

/** Another value, or name, behind the question mark. */
function query(chance: Chance, path: string): string {
  const [before = '', after = ''] = path.split('?')
  const parameters = new URLSearchParams(after)
  const name = chance.one([...parameters.keys(), 'limit', 'state', 'works', '__proto__', 'toString'])
  if (chance.once(2)) parameters.set(name, mutateText(chance, parameters.get(name) ?? '1'))
  else parameters.append(name, chance.one(['', '0', '501', '-1', '1e1', 'x'.repeat(5_000), 'dead,,dead']))
  return `${before}?${parameters}`
}

function odd(chance: Chance): Readonly<Record<string, string>> {
  const name = chance.one([
    'host',
    'origin',
    'sec-fetch-site',
    'authorization',
    'content-type',
    'content-length',
    'content-encoding',
  ])
  const value = chance.one([
    '127.0.0.1:4400',
    'http://127.0.0.1:4400',
    'same-origin',
    'Bearer made-up',
    'application/json',
    '5',
  ])
  return { [name]: mutateText(chance, value) }
}
