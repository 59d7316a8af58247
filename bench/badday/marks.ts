/** Which of the numbers 0, 1, 2 … were seen. */
export class Marks {
  #bits = new Uint8Array(1_024)
  count = 0

  /** False when it was there before. */
  mark(n: number): boolean {
    const [place, bit] = [n >> 3, 1 << (n & 7)]
    if (place >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(place + 1, this.#bits.length * 2))
      larger.set(this.#bits)
      this.#bits = larger
    }
    if (((this.#bits[place] ?? 0) & bit) !== 0) return false
    this.#bits[place] = (this.#bits[place] ?? 0) | bit
    this.count++
    return true
  }

  text(): string {
    return Buffer.from(this.#bits).toString('base64')
  }
}

/** How many are in the first and not in the second; both as `text` gave them. */
export function missing(first: string, second: string): number {
  const [these, those] = [Buffer.from(first, 'base64'), Buffer.from(second, 'base64')]
  let count = 0
  for (const [i, byte] of these.entries()) {
    for (let left = byte & ~(those[i] ?? 0); left > 0; left &= left - 1) count++
  }
  return count
}
