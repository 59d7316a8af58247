import type { Random } from '../port/random.ts'

/**
 * Random numbers that a seed decides: xoshiro128** (Blackman, Vigna), its state filled by splitmix32, because small seeds that
 * differ in few bits would otherwise start alike.
 */
export function seededRandom(seed: number): Random {
  let mixed = seed | 0
  const fill = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0
    let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97)
    return (word ^ (word >>> 15)) >>> 0
  }
  let [a, b, c, d] = [fill(), fill(), fill(), fill()]
  return () => {
    const scrambled = Math.imul(b, 5)
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result / 4_294_967_296
  }
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Ids that look like a provider's own (`cus_9s6XKzkNRiz8i3`): eight random places, then a counter, so that none is given twice. */
export function idSource(random: Random): (prefix: string) => string {
  let count = 0
  return (prefix) => {
    let id = prefix
    for (let place = 0; place < 8; place++) id += ALPHABET[Math.floor(random() * ALPHABET.length)]
    count += 1
    let rest = count
    let tail = ''
    for (let place = 0; place < 6; place++) {
      tail = `${ALPHABET[rest % ALPHABET.length]}${tail}`
      rest = Math.floor(rest / ALPHABET.length)
    }
    return id + tail
  }
}
