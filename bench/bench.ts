import os from 'node:os'

export interface Options {
  readonly rounds: number
  /** Of measuring, each variant in each round. */
  readonly seconds: number
  /** Events offered per second, where a benchmark offers them at a rate of its own. */
  readonly rate: number
  /** How many messages wait, where a benchmark lets them wait; the largest size, where it has several. */
  readonly messages: number
  /** backlog: the largest backlog. */
  readonly largest: number
  /** xml, csv: size of the file, in millions of bytes. */
  readonly mb: number
  /** soak: how long. */
  readonly minutes: number
  /** queue: these systems only; none: all. */
  readonly only: readonly string[]
  /** A few minutes at most, for a look: figures of a short run are worth less. */
  readonly short: boolean
  readonly note: (line: string) => void
}

/** The one line of JSON that a benchmark prints; `ratio[name] = value / peers[name]`. */
export interface Report {
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly value: number
  readonly peers: Readonly<Record<string, number>>
  readonly ratio: Readonly<Record<string, number>>
  readonly conditions: Readonly<Record<string, unknown>>
}

/** What a benchmark found. `broken`: a promise that did not hold; the figures are printed, and the command ends with 1. */
export type Bench = (options: Options) => Promise<Report & { readonly broken?: string }>

/** A way to do the same work. */
export type Variants<T> = Readonly<Record<string, () => Promise<T>>>

/** Measures every variant once a round, in turn, so that a noisy minute hits all of them; the ratios are those of the medians. */
export async function interleave<T>(
  variants: Variants<T>,
  options: Options,
  figure: (result: T) => number,
): Promise<Readonly<Record<string, readonly T[]>>> {
  const results: Record<string, T[]> = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = 1; round <= options.rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const result = await run()
      results[name]?.push(result)
      options.note(`round ${round} ${name.padEnd(18)} ${Math.round(figure(result))}`)
    }
  }
  return results
}

/** Value, peers and ratios of interleaved results: medians; the first variant is ours. */
export function compared<T>(
  results: Readonly<Record<string, readonly T[]>>,
  figure: (result: T) => number,
): Pick<Report, 'value' | 'peers' | 'ratio'> {
  const [[, ours = []] = ['', []], ...others] = Object.entries(results)
  const value = median(ours.map(figure))
  const peers = others.map(([name, theirs]) => [name, median(theirs.map(figure))] as const)
  return {
    value: Math.round(value),
    peers: Object.fromEntries(peers.map(([name, peer]) => [name, Math.round(peer)])),
    ratio: Object.fromEntries(peers.map(([name, peer]) => [name, rounded(value / peer)])),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits))

export const machine = (): Readonly<Record<string, unknown>> => ({
  node: process.version,
  cores: os.cpus().length,
  cpu: os.cpus()[0]?.model ?? 'unknown',
  platform: `${process.platform} ${os.release()}`,
})
