import { isDeepStrictEqual } from 'node:util'
import { elementSpans, memberSpans } from '../../../src/core/json-span.ts'
import { type AnyTarget, target } from '../target.ts'
import { jsonBytes } from './corpus.ts'
import { parsed, textOf } from './reference.ts'

export const span: AnyTarget = target<{ readonly bytes: Uint8Array }, 'agrees' | 'tight'>({
  name: 'json-span',
  about: 'where the values of an array or an object stand in JSON bytes',
  laws: {
    agrees: 'each place parses to the value that a right JSON.parse has there, the last one of a repeated name',
    tight: 'a place begins and ends with its value, without white space',
  },
  make: (chance) => ({ bytes: jsonBytes(chance) }),
  check({ bytes }, broken) {
    const text = textOf(bytes) ?? ''
    const known = parsed(text)?.value
    if (typeof known !== 'object' || known === null) return
    const cut = ({ start, end }: { readonly start: number; readonly end: number }): unknown => {
      const text = Buffer.from(bytes.subarray(start, end)).toString()
      if (text.trim() !== text) broken('tight', text)
      return parsed(text)?.value
    }
    if (Array.isArray(known)) {
      if (!isDeepStrictEqual(elementSpans(bytes).map(cut), known)) broken('agrees', 'other elements')
      return
    }
    const found = [...memberSpans(bytes)].map(([name, place]) => [name, cut(place)] as const)
    if (found.length !== Object.keys(known).length) broken('agrees', `${found.length} members`)
    for (const [name, value] of found) {
      if (!Object.hasOwn(known, name)) broken('agrees', `a member ${name}`)
      if (!isDeepStrictEqual(value, Object.getOwnPropertyDescriptor(known, name)?.value))
        broken('agrees', `another ${name}`)
    }
  },
  grow: {
    to: 131_072,
    run(text) {
      const bytes = Buffer.from(JSON.stringify({ [text.slice(0, text.length >> 1)]: text }))
      memberSpans(bytes)
      elementSpans(Buffer.from(JSON.stringify([text, [text]])))
    },
  },
})
