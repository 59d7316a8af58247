/** A length of time as people write it: `'250ms'`, `'10s'`, `'5m'`, `'2h'`, `'7d'`. Inside, durations are `…Ms` numbers. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A hundred years. What is added to an instant must leave an instant. */
const LONGEST_MS = 36_500 * UNIT_MS.d

/**
 * Milliseconds of a duration, at most a hundred years.
 * @throws {RangeError} when the text is no duration or too long a one, with the text and what is expected.
 */
export function milliseconds(duration: Duration): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration)
  if (!found) {
    throw new RangeError(
      `${JSON.stringify(shortened(duration))} is no duration; write a number and a unit: '250ms', '10s', '5m', '2h', '7d'`,
    )
  }
  const ms = Number(found[1]) * UNIT_MS[found[2] as keyof typeof UNIT_MS]
  if (ms > LONGEST_MS)
    throw new RangeError(`${JSON.stringify(shortened(duration))} is longer than a hundred years, '36500d'`)
  return ms
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
