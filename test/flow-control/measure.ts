/** The most instants that any window of so many milliseconds holds, wherever it begins. */
export function densest(instants: readonly number[], windowMs: number): number {
  const at = instants.toSorted((a, b) => a - b)
  let most = 0
  for (let from = 0, to = 0; to < at.length; to++) {
    while ((at[to] as number) - (at[from] as number) >= windowMs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

/** The most things that were under way at the same time. */
export function deepest(spans: readonly { readonly atMs: number; readonly endMs: number | undefined }[]): number {
  const steps = spans
    .flatMap(({ atMs, endMs = Number.POSITIVE_INFINITY }) => [[atMs, 1] as const, [endMs, -1] as const])
    .toSorted(([a, up], [b, other]) => a - b || up - other)
  let now = 0
  let most = 0
  for (const [, step] of steps) {
    now += step
    most = Math.max(most, now)
  }
  return most
}
