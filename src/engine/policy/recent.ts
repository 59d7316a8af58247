/** So many answers are remembered, and so many say what is usual. */
const SIZE = 100
const ENOUGH = 20

export interface Recent {
  add(ms: number): void
  /** The 95th percentile. Undefined until enough is known. */
  p95(): number | undefined
}

/** How long the last answers took. Sorted anew after every tenth. */
export function createRecent(): Recent {
  const last: number[] = []
  let next = 0
  let known: number | undefined
  return {
    add: (ms) => {
      last[next % SIZE] = ms
      next++
      if (next < ENOUGH || next % 10 !== 0) return
      known = [...last].sort((a, b) => a - b)[Math.floor(last.length * 0.95)]
    },
    p95: () => known,
  }
}
