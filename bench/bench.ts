import os from 'node:os'

export interface Options {
  readonly rounds: number
  readonly seconds: number
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

export type Bench = (options: Options) => Promise<Report>

/** Measures every variant once a round, in turn, so that a noisy minute hits all of them; the ratios are those of the medians. */
export async function interleave<T>(
  variants: Readonly<Record<string, () => Promise<T>>>,
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
