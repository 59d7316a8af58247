import type { Random } from '../../src/port/random.ts'
import { seededRandom } from '../../src/sandbox/seeded-random.ts'

/** Choices drawn from one stream of random numbers: the same stream gives the same choices. */
export class Chance {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A whole number from 0 up to before `end`. */
  below(end: number): number {
    return Math.floor(this.#random() * end)
  }

  /** A whole number from `first` to `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1)
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.#random() * times < 1
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

/** The choices of one run: each has its own stream, so that it can be run again alone. */
export function chanceOf(seed: number, run: number): Chance {
  return new Chance(seededRandom(Math.imul(seed, 0x9e3779b1) ^ run))
}
