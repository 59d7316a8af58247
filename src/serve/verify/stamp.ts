const DIGITS = /^[1-9]\d{0,15}$/ // up to the largest whole number that a JavaScript number holds exactly

/** A time in a header: decimal digits and nothing else. */
export function readStamp(text: string): number | undefined {
  return DIGITS.test(text) ? Number(text) : undefined
}

/** Both sides of the window: a stamp from the future would stay good for longer than the sender meant. */
export function checkStamp(atMs: number, nowMs: number, toleranceMs: number): 'stale' | 'future' | undefined {
  if (nowMs - atMs > toleranceMs) return 'stale'
  if (atMs - nowMs > toleranceMs) return 'future'
  return undefined
}
