/** Texts that have broken somebody's request: separators, escapes, line ends, halves of characters, names of prototypes. */
export const TEXTS: readonly string[] = Object.freeze([
  '',
  ' ',
  'a b',
  'a/b',
  '/a',
  '.',
  '..',
  '../x',
  '%2e%2e',
  '%2F',
  '%',
  '%zz',
  'a?b=c',
  'a#b',
  'a&b=c',
  'a;b=c',
  'a=b',
  'a[b]=c',
  '@b.example',
  'a\r\nx-injected: 1',
  'a\nb',
  '\r',
  '\0',
  '\t',
  '"\\',
  '\u2028',
  'ü',
  '日本',
  '😀',
  '\ud800',
  '\udfff',
  '__proto__',
  'constructor',
  'toString',
  "' OR ''='",
  '{{x}}',
  '1e999',
  'x'.repeat(5_000),
])

const NUMBERS: readonly number[] = [0, -0, -1, 0.1, 1e21, Number.MAX_SAFE_INTEGER + 2, Number.NaN, Infinity, -Infinity]

/** The same value with one text in it replaced: one for each text and place. */
export function* withText(value: unknown, text: string): Generator<unknown> {
  yield* replaced(value, (leaf) => (typeof leaf === 'string' ? [text] : []))
}

/** The same shape with one value in it replaced by a hostile one of its type. */
export function* hostileInputs(value: unknown): Generator<unknown> {
  yield* replaced(value, (leaf) => {
    if (typeof leaf === 'string') return TEXTS
    if (typeof leaf === 'number') return NUMBERS
    if (typeof leaf === 'boolean') return [!leaf]
    if (Array.isArray(leaf)) return [[], [...leaf, ...leaf], Array(300).fill(leaf[0])]
    return isObject(leaf) ? [withOwn(leaf, '__proto__', 'x'), withOwn(leaf, 'a\r\nb&c', 'x')] : []
  })
}

/** What stands in an answer where something else was expected. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'x'.repeat(1_000),
  '__proto__',
  [],
  [null],
  [[]],
  ['x'],
  {},
  { toString: 'x', length: 1e9 },
]

/** The same answer with one value in it replaced by one of another type, left out, or polluted. */
export function* strangeAnswers(value: unknown): Generator<unknown> {
  yield* replaced(value, (leaf) => {
    if (!isObject(leaf)) return STRANGE
    const without = Object.keys(leaf).map((gone) =>
      Object.fromEntries(Object.entries(leaf).filter(([name]) => name !== gone)),
    )
    return [...STRANGE, ...without, withOwn(leaf, '__proto__', { polluted: true })]
  })
}

/** Bodies that are no answer at all. */
export const BODIES: readonly (string | Uint8Array)[] = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '1e999',
  '""',
  '[]',
  '[null]',
  '[[],{},"x"]',
  '{}',
  '{',
  '{"a":',
  'not JSON',
  '<!doctype html><title>Service Unavailable</title>',
  '<?xml version="1.0"?><fault/>',
  '\ufeff{}',
  '{"a":1}{"a":2}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"id":{"__proto__":{"polluted":true}},"results":[{"__proto__":{"polluted":true}}]}',
  '['.repeat(5_000) + ']'.repeat(5_000),
  `${'{"error":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  `{"id":"${'x'.repeat(70_000)}"}`,
  `[${'{},'.repeat(2_000)}{}]`,
  new Uint8Array([0xff, 0xfe, 0x00, 0xd8]),
  new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
]

const VALUES: readonly string[] = [
  '',
  '0',
  '-1',
  '1.5',
  '1e999',
  'NaN',
  'x',
  '9'.repeat(400),
  '1, 2',
  'a;b=c',
  'ü',
  '\0',
  '{}',
  '"',
]
const NAMES =
  `content-type retry-after location link sforce-limit-info x-hubspot-ratelimit-remaining x-hubspot-ratelimit-max
x-hubspot-ratelimit-daily-remaining x-hubspot-ratelimit-interval-milliseconds ratelimit ratelimit-limit ratelimit-policy ratelimit-remaining
ratelimit-reset x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset __proto__ constructor`.split(/\s+/)

/** Sets of headers that an answer may come with: none, one hostile one, all of one value. */
export const HEADERS: readonly Readonly<Record<string, string>>[] = Object.freeze([
  {},
  ...NAMES.flatMap((name) => VALUES.map((value) => withOwn({}, name, value) as Record<string, string>)),
  ...VALUES.map((value) => Object.fromEntries(NAMES.map((name) => [name, value]))),
  ...['0', '7', '4102444800', '1767225600000'].flatMap((reset) => [
    { 'ratelimit-remaining': '0', 'ratelimit-reset': reset, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    { ratelimit: `"default";r=0;t=${reset}` },
    { ratelimit: `limit=10, remaining=0, reset=${reset}` },
  ]),
  { ratelimit: '"a";r=1;t=2, "b";r=-1;t=1e9' },
  { 'sforce-limit-info': 'api-usage=18/5000' },
  { 'sforce-limit-info': 'api-usage=5001/5000' },
  { 'sforce-limit-info': 'api-usage=1/0; per-app-api-usage=17/250(appName=x)' },
])

function* replaced(value: unknown, instead: (leaf: unknown) => Iterable<unknown>): Generator<unknown> {
  yield* instead(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) for (const other of replaced(value[i], instead)) yield value.with(i, other)
  } else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value))
      for (const other of replaced(inner, instead)) yield withOwn(value, name, other)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** With a property of its own, `__proto__` too. */
function withOwn(value: object, name: string, inner: unknown): object {
  return Object.defineProperty({ ...value }, name, {
    value: inner,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
