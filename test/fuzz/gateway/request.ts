import { signGithub, signStripe } from '../../../src/adapter/signature/index.ts'
import type { Chance } from '../chance.ts'
import { jsonBytes } from '../json/corpus.ts'
import { NUMBERS, TEXTS } from '../mutate/fragment.ts'
import { mutateText } from '../mutate/text.ts'
import { GITHUB_SECRET, MAX_BYTES, NOW_MS, STRIPE_SECRET, TOKEN } from './server.ts'

type Line = readonly [name: string, value: string]

/** The bytes of one request, one character for each. Half of them are what a sender sends; the others are wrong on purpose. */
export function request(chance: Chance): string {
  const body = bodyOf(chance)
  const { path, lines } = chance.one(SENDERS)(body)
  const all = [['Host', '127.0.0.1'] as Line, ...lines]
  if (chance.once(2))
    return written('POST', path, [...all, ['Content-Length', String(body.length)]], body.toString('latin1'))
  return written(
    chance.once(4)
      ? chance.one(['GET', 'HEAD', 'OPTIONS', 'PUT', 'TRACE', 'CONNECT', 'post', 'M-SEARCH', '', 'POST POST'])
      : 'POST',
    chance.once(4) ? chance.one([...PATHS, mutateText(chance, path)]) : path,
    oddLines(chance, all),
    ...framed(chance, body),
  )
}

function written(
  method: string,
  path: string,
  lines: readonly Line[],
  body: string,
  extra: readonly Line[] = [],
): string {
  const head = [...lines, ...extra].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`
}

function bodyOf(chance: Chance): Buffer {
  if (chance.once(20)) return Buffer.alloc(chance.one([0, MAX_BYTES, MAX_BYTES + 1, 3 * MAX_BYTES]), 0x20)
  return chance.once(2) ? Buffer.from(`{"id":"evt_${chance.below(1_000)}"}`) : jsonBytes(chance)
}

const JSON_TYPE: Line = ['Content-Type', 'application/json']
const SENDERS: readonly ((body: Buffer) => { readonly path: string; readonly lines: readonly Line[] })[] = [
  (body) => ({
    path: '/in/github',
    lines: [JSON_TYPE, ['X-Hub-Signature-256', signGithub(GITHUB_SECRET, body)], ['X-GitHub-Delivery', 'd1']],
  }),
  (body) => ({
    path: '/in/stripe',
    lines: [JSON_TYPE, ['Stripe-Signature', signStripe(STRIPE_SECRET, NOW_MS / 1_000, body)]],
  }),
  () => ({
    path: '/events',
    lines: [
      JSON_TYPE,
      ['Authorization', `Bearer ${TOKEN}`],
      ['ce-specversion', '1.0'],
      ['ce-id', 'e1'],
      ['ce-source', '/s'],
      ['ce-type', 't'],
    ],
  }),
  () => ({ path: '/in/github', lines: [JSON_TYPE, ['X-Hub-Signature-256', `sha256=${'0'.repeat(64)}`]] }),
]
const PATHS = [
  '/',
  '*',
  '/in/',
  '/in/nobody',
  '/in/__proto__',
  '/in/github?a=1',
  '/in/github/',
  '//in/github',
  'http://other/in/github',
  '/in/%67ithub',
  '/metrics',
  '/health/live',
  '/health/ready?x',
  '/admin/v1/status',
  '/admin/v1/dead/discard',
  `/${'a'.repeat(20_000)}`,
  '/\xff',
  '/in/github#x',
]

/** Headers that are missing, twice, folded, too many, too long, or ask for something. */
function oddLines(chance: Chance, lines: readonly Line[]): readonly Line[] {
  const at = chance.below(lines.length)
  const [name, value] = lines[at] as Line
  switch (chance.below(10)) {
    case 0:
      return lines.toSpliced(at, 1)
    case 1:
      return [...lines, [chance.once(2) ? name.toUpperCase() : name, value]]
    case 2:
      return lines.with(at, [name, mutateText(chance, value).replace(/[\r\n]/g, '')])
    case 3:
      return [...lines, ...Array.from({ length: chance.one([90, 101, 400]) }, (_, n): Line => [`x-${n}`, 'y'])]
    case 4:
      return [...lines, ['x-long', 'y'.repeat(chance.one([8_000, 16_300, 17_000]))]]
    case 5:
      return [...lines, ['Expect', chance.one(['100-continue', '200-ok', ''])]]
    case 6:
      return [
        ...lines,
        ['Connection', chance.one(['close', 'keep-alive', 'upgrade', 'Content-Length', 'x'])],
        ['Upgrade', chance.one(['websocket', 'h2c'])],
      ]
    case 7:
      return [
        ...lines,
        [
          chance.one(['Content-Encoding', 'Content-Type', 'Trailer', 'TE', 'traceparent', 'Origin', 'x']),
          chance.one([...TEXTS, 'gzip', 'identity']),
        ],
      ]
    case 8:
      return lines.with(at, [name, `${value}\r\n folded`])
    default:
      return lines
  }
}

/** The body, and how it is said to end: right, wrong, twice, in chunks, in chunks that are none. */
function framed(chance: Chance, body: Buffer): readonly [body: string, lines: readonly Line[]] {
  const text = body.toString('latin1')
  switch (chance.below(8)) {
    case 0:
      return [text, []]
    case 1:
      return [
        text,
        [
          [
            'Content-Length',
            chance.one([...NUMBERS, ` ${body.length}`, `${body.length},${body.length}`, `${body.length} `]),
          ],
        ],
      ]
    case 2:
      return [
        text,
        [
          ['Content-Length', String(body.length)],
          ['Content-Length', String(chance.once(2) ? body.length : 0)],
        ],
      ]
    case 3:
      return [
        chunked(chance, text),
        [
          ['Content-Length', String(body.length)],
          ['Transfer-Encoding', 'chunked'],
        ],
      ]
    case 4:
      return [
        text,
        [
          [
            'Transfer-Encoding',
            chance.one(['chunked', 'gzip', 'identity', 'chunked, chunked', 'xchunked', 'chunked, gzip', '\x0bchunked']),
          ],
        ],
      ]
    default:
      return [chunked(chance, text), [['Transfer-Encoding', chance.once(8) ? 'gzip, chunked' : 'chunked']]]
  }
}

function chunked(chance: Chance, text: string): string {
  const size = chance.one([1, 7, 64, 5_000])
  let out = ''
  for (let at = 0; at < text.length; at += size) {
    const chunk = text.slice(at, at + size)
    const length = chance.once(30)
      ? chance.one(['-1', 'ffffffffffffffff', '0x5', '', 'g', '5 5'])
      : chunk.length.toString(16)
    const extension = chance.once(30) ? `;${'x'.repeat(chance.one([3, 20_000]))}` : ''
    out += `${length}${extension}\r\n${chunk}${chance.once(60) ? '\n' : '\r\n'}`
  }
  return `${out}0\r\n${chance.once(10) ? 'X-Trailer: 1\r\n' : ''}\r\n`
}
