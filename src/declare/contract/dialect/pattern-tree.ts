/** A regular expression as far as its running time goes. */
export type PatternTree =
  /** One character of a set: a bit for each character of the sample. */
  | { readonly is: 'one'; readonly set: bigint }
  | { readonly is: 'all'; readonly of: readonly PatternTree[] }
  | { readonly is: 'any'; readonly of: readonly PatternTree[] }
  | { readonly is: 'repeat'; readonly of: PatternTree; readonly min: number; readonly max: number }

const NOTHING: PatternTree = { is: 'all', of: [] }

/**
 * Reads a pattern of ECMA-262 with the flag `u`. Anchors and look-arounds take no character and are left out. `undefined` for what goes beyond
 * regular languages (a back reference), and for what is no pattern.
 */
export function patternTree(pattern: string): PatternTree | undefined {
  const sample = sampleFor(pattern)
  const characters = [...pattern]
  let at = 0

  const choice = (): PatternTree => {
    const options = [sequence()]
    while (characters[at] === '|') {
      at++
      options.push(sequence())
    }
    return options.length === 1 ? options[0]! : { is: 'any', of: options }
  }
  const sequence = (): PatternTree => {
    const parts: PatternTree[] = []
    while (at < characters.length && characters[at] !== '|' && characters[at] !== ')') parts.push(repeated(atom()))
    return { is: 'all', of: parts }
  }
  const repeated = (of: PatternTree): PatternTree => {
    const quantifier = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/u.exec(characters.slice(at, at + 24).join(''))
    if (quantifier === null) return of
    at += quantifier[0].length
    const [text, low, comma, high] = quantifier
    if (low === undefined)
      return { is: 'repeat', of, min: text[0] === '+' ? 1 : 0, max: text[0] === '?' ? 1 : Infinity }
    const max = comma === undefined ? Number(low) : high === '' ? Infinity : Number(high)
    return { is: 'repeat', of, min: Number(low), max }
  }
  const atom = (): PatternTree => {
    const character = characters[at++]!
    if (character === '(') return group()
    if (character === '^' || character === '$') return NOTHING
    if (character === '\\') return escaped()
    if (character !== '[') return { is: 'one', set: sample(character === '.' ? '.' : `\\u{${codeOf(character)}}`) }
    const start = at - 1
    while (characters[at] !== ']') {
      if (at >= characters.length) throw new Beyond()
      at += characters[at] === '\\' ? 2 : 1
    }
    return { is: 'one', set: sample(characters.slice(start, ++at).join('')) }
  }
  const group = (): PatternTree => {
    const kind = /^\?(?:[:=!]|<[=!]|<[^>]*>)/u.exec(characters.slice(at, at + 64).join(''))?.[0] ?? ''
    at += [...kind].length
    const inner = choice()
    if (characters[at++] !== ')') throw new Beyond()
    return /^\?<?[=!]$/.test(kind) ? NOTHING : inner
  }
  const escaped = (): PatternTree => {
    const rest = characters.slice(at, at + 48).join('')
    if (/^[1-9k]/.test(rest)) throw new Beyond()
    const [text] = /^(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|.)/su.exec(rest) ?? ['']
    at += [...text].length
    return text === 'b' || text === 'B' ? NOTHING : { is: 'one', set: sample(`\\${text}`) }
  }
  try {
    const tree = choice()
    return at === characters.length ? tree : undefined
  } catch {
    return undefined
  }
}

class Beyond extends Error {}

const codeOf = (character: string): string => character.codePointAt(0)!.toString(16)

/** ASCII, a letter of some scripts, a space and a line end beyond ASCII, and what the pattern itself names. */
function sampleFor(pattern: string): (source: string) => bigint {
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
  const characters = [...new Set([...ascii, ...'éßЖ中😀\u00a0\u2028', ...pattern])]
  const known = new Map<string, bigint>()
  return (source) => {
    let set = known.get(source)
    if (set === undefined) {
      const one = new RegExp(`^${source}$`, 'u')
      set = characters.reduce((bits, character, i) => (one.test(character) ? bits | (1n << BigInt(i)) : bits), 0n)
      known.set(source, set)
    }
    return set
  }
}
