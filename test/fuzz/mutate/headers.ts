import type { Chance } from '../chance.ts'
import { TEXTS } from './fragment.ts'
import { mutateText } from './text.ts'

/** As node:http gives them: lower-case names, and a list where a name came twice. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** Headers with one to three changes; `other` is a valid set to take values from. */
export function mutateHeaders(chance: Chance, headers: Headers, other: Headers = headers): Headers {
  let changed = headers
  do changed = change(chance, changed, other)
  while (chance.once(4))
  return changed
}

function change(chance: Chance, headers: Headers, other: Headers): Headers {
  const names = Object.keys(headers)
  if (names.length === 0) return other
  const name = chance.one(names)
  const value = headers[name]
  switch (chance.below(10)) {
    case 0: {
      const { [name]: _, ...rest } = headers
      return rest
    }
    case 1:
      return { ...headers, [name]: other[name] ?? '' }
    case 2:
      return { ...headers, [name]: [String(value), String(other[name])] }
    case 3:
      return { ...headers, [name]: `${String(value)}, ${String(chance.once(2) ? value : other[name])}` }
    case 4:
      return { ...headers, [chance.one(names)]: value }
    case 5: {
      const { [name]: _, ...rest } = headers
      return { ...rest, [nameOf(mutateText(chance, name))]: value }
    }
    case 6:
      return { ...headers, [nameOf(`${chance.one(['', 'ce-', 'x-'])}${chance.one(TEXTS)}`)]: chance.one(TEXTS) }
    default:
      return { ...headers, [name]: mutateText(chance, String(value), String(other[name] ?? value)) }
  }
}

/** No other names come through node:http: a token (RFC 9110 section 5.6.2), in lower case. */
function nameOf(text: string): string {
  return text.toLowerCase().replace(/[^!#$%&'*+.^_`|~0-9a-z-]/g, '') || 'x'
}
