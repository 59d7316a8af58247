const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** A length of time as people say it, in its two largest units: `2h 5m`, `3.2s`, `40ms`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)}s`
  const first = UNITS.findIndex(([, unit]) => ms >= unit)
  const [name, unit] = UNITS[first]!
  const whole = `${Math.floor(ms / unit)}${name}`
  const next = UNITS[first + 1]
  const rest = next === undefined ? 0 : Math.floor((ms % unit) / next[1])
  return next === undefined || rest === 0 ? whole : `${whole} ${rest}${next[0]}`
}

/** An instant as seen from `now`: `5m ago`, `in 30s`, `now`. */
export function relative(atMs: number, now: number): string {
  const distance = atMs - now
  if (Math.abs(distance) < 1_000) return 'now'
  return distance < 0 ? `${span(-distance)} ago` : `in ${span(distance)}`
}
