import type { Chance } from '../chance.ts'
import { BYTES, NUMBERS, TEXTS } from './fragment.ts'

type Mutation = (chance: Chance, text: string, other: string) => string

/** A text with one to four changes. `other` is a valid text to take pieces from. */
export function mutateText(chance: Chance, text: string, other: string = text): string {
  let changed = text
  do changed = chance.one(MUTATIONS)(chance, changed, other)
  while (changed.length < LONGEST && !chance.once(2))
  return changed
}

/** The same for bytes, with pieces that are no UTF-8. */
export function mutateBytes(chance: Chance, bytes: Uint8Array, other: Uint8Array = bytes): Buffer {
  const latin1 = latin1Of(bytes)
  const pieces = other === bytes ? latin1 : latin1Of(other)
  let changed = chance.once(3) ? insert(chance, latin1, chance.one(BYTES)) : mutateText(chance, latin1, pieces)
  if (chance.once(4)) changed = mutateText(chance, changed, pieces)
  return Buffer.from(changed, 'latin1')
}

const LONGEST = 100_000

/** One character for each byte. */
function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function insert(chance: Chance, text: string, piece: string): string {
  const at = chance.below(text.length + 1)
  return text.slice(0, at) + piece + text.slice(at)
}

/** Where a piece of the text begins and ends; short ones are more frequent. */
function piece(chance: Chance, text: string): readonly [from: number, to: number] {
  const from = chance.below(text.length + 1)
  const room = text.length - from
  return [from, from + chance.below((chance.once(3) ? room : Math.min(room, 8)) + 1)]
}

const MUTATIONS: readonly Mutation[] = [
  // one bit of one character
  (chance, text) => {
    if (text === '') return text
    const at = chance.below(text.length)
    const flipped = text.charCodeAt(at) ^ (1 << chance.below(8))
    return text.slice(0, at) + String.fromCharCode(flipped) + text.slice(at + 1)
  },
  // a piece away
  (chance, text) => {
    const [from, to] = piece(chance, text)
    return text.slice(0, from) + text.slice(to)
  },
  // a piece twice, sometimes very often
  (chance, text) => {
    const [from, to] = piece(chance, text)
    const times = chance.once(40) ? Math.min(1 << chance.below(14), Math.floor(LONGEST / (to - from + 1))) : 1
    return text.slice(0, to) + text.slice(from, to).repeat(times) + text.slice(to)
  },
  (chance, text) => insert(chance, text, chance.one(TEXTS)),
  // a piece of the other
  (chance, text, other) => {
    const [from, to] = piece(chance, other)
    return insert(chance, text, other.slice(from, to))
  },
  // the other from here on
  (chance, text, other) => text.slice(0, chance.below(text.length + 1)) + other.slice(chance.below(other.length + 1)),
  // another number
  (chance, text) => {
    const numbers = [...text.matchAll(/\d+/g)]
    const found = numbers.length === 0 ? undefined : chance.one(numbers)
    if (found === undefined) return insert(chance, text, chance.one(NUMBERS))
    return text.slice(0, found.index) + chance.one(NUMBERS) + text.slice(found.index + found[0].length)
  },
  // another case
  (chance, text) => {
    const [from, to] = piece(chance, text)
    const part = text.slice(from, to)
    return text.slice(0, from) + (chance.once(2) ? part.toUpperCase() : part.toLowerCase()) + text.slice(to)
  },
  // the elements of a list in another order, once more, with white space, or one less
  (chance, text) => {
    const separator = chance.one([',', ' ', ';', '&', '.', ':', '-', '='])
    const elements = text.split(separator)
    const [from, to] = [chance.below(elements.length), chance.below(elements.length)]
    const moved = elements[from] as string
    switch (chance.below(4)) {
      case 0:
        return elements
          .with(from, elements[to] as string)
          .with(to, moved)
          .join(separator)
      case 1:
        return elements.toSpliced(to, 0, moved).join(separator)
      case 2:
        return elements.toSpliced(from, 1).join(separator)
      default:
        return elements.with(from, ` ${moved} `).join(separator)
    }
  },
]
