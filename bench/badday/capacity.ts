/** Takes at most `perSecond` calls in any second. What it refuses does not count. */
export function capacity(perSecond: number): (atMs: number) => boolean {
  const taken = new Float64Array(perSecond).fill(Number.NEGATIVE_INFINITY)
  let next = 0
  return (atMs) => {
    if (atMs - (taken[next] ?? 0) < 1_000) return false
    taken[next] = atMs
    next = (next + 1) % perSecond
    return true
  }
}

/** How many times lie in each whole second from `fromMs` on, as far as such a second ends by `toMs`. */
export function bySecond(timesMs: readonly number[], fromMs: number, toMs: number): readonly number[] {
  const counts: number[] = new Array(Math.max(0, Math.floor((toMs - fromMs) / 1_000))).fill(0)
  for (const at of timesMs) {
    const second = Math.floor((at - fromMs) / 1_000)
    if (second >= 0 && second < counts.length) counts[second] = (counts[second] ?? 0) + 1
  }
  return counts
}
