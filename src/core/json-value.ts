/**
 * The value of a JSON text, as `JSON.parse` gives it. V8 reads a name that is written with an escape as another one, once an object with a
 * `\` in a name came by (`"\n"` as `"\\"`: nodejs/node#63785, in Node 24 and 26), so one sender could change what is read of another's message.
 * Texts with such a name are put together here; the rest, which is nearly all, is left to V8.
 * @throws {SyntaxError} as `JSON.parse` does
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return hasEscapedName(text) ? assemble(text) : value
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** In JSON a backslash stands in a string, and a string before a colon is a name. Only strings with an escape are looked at. */
function hasEscapedName(json: string): boolean {
  for (let at = json.indexOf('\\'); at >= 0; at = json.indexOf('\\', at)) {
    at = afterSpace(json, stringEnd(json, at))
    if (json.charCodeAt(at) === COLON) return true
  }
  return false
}

type Container = unknown[] | Record<string, unknown>

/** Builds what a text that V8 took as JSON says. A list keeps what is open, so no nesting is too deep for the stack. */
function assemble(json: string): unknown {
  const top: unknown[] = []
  const around: Container[] = []
  let inside: Container = top
  let name: string | undefined
  for (let at = afterSpace(json, 0); at < json.length; at = afterSpace(json, at)) {
    const start = at++
    const first = json.charCodeAt(start)
    if (first === COMMA || first === COLON) continue
    if (first === CLOSE_ARRAY || first === CLOSE_OBJECT) {
      inside = around.pop()!
      continue
    }
    let value: unknown
    if (first === OPEN_ARRAY) value = []
    else if (first === OPEN_OBJECT) value = {}
    else {
      at = first === QUOTE ? stringEnd(json, at) : literalEnd(json, at)
      // A string or a literal alone is read right.
      value = JSON.parse(json.slice(start, at))
    }
    if (Array.isArray(inside)) inside.push(value)
    else if (name === undefined) {
      name = value as string
      continue
    } else {
      // Not an assignment: that would make `__proto__` the prototype.
      Object.defineProperty(inside, name, { value, writable: true, enumerable: true, configurable: true })
      name = undefined
    }
    if (first === OPEN_ARRAY || first === OPEN_OBJECT) {
      around.push(inside)
      inside = value as Container
    }
  }
  return top[0]
}

/** One past the quote that ends the string in which `at` stands, not behind a backslash. */
function stringEnd(json: string, at: number): number {
  let next = at
  while (json.charCodeAt(next) !== QUOTE) next += json.charCodeAt(next) === BACKSLASH ? 2 : 1
  return next + 1
}

function literalEnd(json: string, at: number): number {
  let next = at
  while (next < json.length && !ENDS_LITERAL.has(json.charCodeAt(next))) next++
  return next
}

const ENDS_LITERAL = new Set([COMMA, CLOSE_ARRAY, CLOSE_OBJECT, 0x20, 0x0a, 0x0d, 0x09])

function afterSpace(json: string, at: number): number {
  let next = at
  while (json.charCodeAt(next) <= 0x20) next++
  return next
}
