/** A member of a structured field: `"default";r=50`, or of a dictionary: `remaining=50`. */
export interface Member {
  /** Of a dictionary. */
  readonly key: string | undefined
  readonly value: BareItem
  readonly parameters: ReadonlyMap<string, BareItem>
}

/** Numbers and strings as such; of tokens, dates, booleans and bytes only that they are there. */
export type BareItem = number | string | undefined

/** Longer fields are not read. Characters. */
const LONGEST = 4_096

const KEY = /[a-z*][a-z0-9_.*-]*/y
const NUMBER = /-?\d{1,15}(?:\.\d{1,3})?/y
const STRING = /"(?:[ !#-[\]-~]|\\["\\])*"/y
const OTHER = /\?[01]|:[A-Za-z0-9+/=]*:|@-?\d{1,15}|[A-Za-z*][\w!#$%&'*+.^`|~:/-]*/y
const SPACE = /[ \t]*/y

/** A list or dictionary of items (RFC 9651 sections 3.1 and 3.2), without inner lists. Undefined: malformed, so the whole field is ignored. */
export function structuredList(text: string): readonly Member[] | undefined {
  if (text.length > LONGEST) return undefined
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    at += found?.length ?? 0
    return found
  }
  const takeChar = (char: string): boolean => {
    if (text[at] !== char) return false
    at++
    return true
  }

  function bareItem(): { readonly value: BareItem } | undefined {
    const string = take(STRING)
    if (string !== undefined) return { value: string.slice(1, -1).replace(/\\(.)/g, '$1') }
    const number = take(NUMBER)
    if (number !== undefined) return { value: Number(number) }
    return take(OTHER) === undefined ? undefined : { value: undefined }
  }

  function member(): Member | undefined {
    const start = at
    let key = take(KEY)
    if (key === undefined || !takeChar('=')) {
      key = undefined
      at = start // what looked like a key is a token
    }
    const item = bareItem()
    if (item === undefined) return undefined
    const parameters = new Map<string, BareItem>()
    while (takeChar(';')) {
      take(SPACE)
      const name = take(KEY)
      if (name === undefined) return undefined
      const value = takeChar('=') ? bareItem() : { value: undefined }
      if (value === undefined) return undefined
      parameters.set(name, value.value)
    }
    return { key, value: item.value, parameters }
  }

  const members: Member[] = []
  do {
    take(SPACE)
    const one = member()
    if (one === undefined) return undefined
    members.push(one)
    take(SPACE)
  } while (takeChar(','))
  return at === text.length ? members : undefined
}
