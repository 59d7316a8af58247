import { seededRandom } from '../../sandbox/seeded-random.ts'

/** What choices are about. Each has a tape of its own, so that calming one kind of choice leaves the others in place. */
export const STREAMS = ['level', 'delay', 'http', 'store', 'crash', 'pause', 'jump', 'land', 'send', 'random'] as const
export type Stream = (typeof STREAMS)[number]

/** Choices by stream; 0 is always the calm one, so fewer and smaller numbers are a simpler run. */
export type Choices = Readonly<Record<Stream, readonly number[]>>

/** Every choice of one run: drawn from a seed, or played again. */
export class Tape {
  readonly #random: () => number
  readonly #replay: Choices | undefined
  readonly #drawn: Record<Stream, number[]>
  readonly #at: Record<Stream, number>

  constructor(seed: number, replay?: Choices) {
    this.#random = seededRandom(seed)
    this.#replay = replay
    this.#drawn = forEachStream(() => [])
    this.#at = forEachStream(() => 0)
  }

  get drawn(): Choices {
    return this.#drawn
  }

  /** 0 with probability `1 - chance`, else one of 1 to `choices - 1`, each as likely. */
  draw(stream: Stream, chance: number, choices: number): number {
    const choice = this.#replay === undefined ? this.#fresh(chance, choices) : this.#again(stream, chance, choices)
    this.#drawn[stream].push(choice)
    return choice
  }

  #fresh(chance: number, choices: number): number {
    if (chance <= 0 || choices < 2) return 0
    const random = this.#random() // one number a draw: whether, and which
    return random < chance ? 1 + Math.floor((random / chance) * (choices - 1)) : 0
  }

  #again(stream: Stream, chance: number, choices: number): number {
    const choice = this.#replay?.[stream][this.#at[stream]++] ?? 0
    return chance <= 0 ? 0 : Math.min(choice, choices - 1)
  }
}

export function forEachStream<T>(make: (stream: Stream) => T): Record<Stream, T> {
  return Object.fromEntries(STREAMS.map((stream) => [stream, make(stream)])) as Record<Stream, T>
}
