/**
 * Shares of 1 for workers that want so much each: nobody gets more than he wants while another goes short, and what nobody wants is
 * shared equally, so that a worker whose traffic begins need not ask first. Max-min fairness: D. Bertsekas, R. Gallager, Data Networks, 1992, 6.5.2.
 */
export function fairShares(wants: readonly number[]): readonly number[] {
  const shares = wants.map(() => 0)
  const order = wants.map((_, i) => i).sort((a, b) => (wants[a] as number) - (wants[b] as number))
  let left = 1
  order.forEach((i, done) => {
    const share = Math.min(wants[i] as number, left / (order.length - done))
    shares[i] = share
    left -= share
  })
  return shares.map((share) => share + left / wants.length)
}

/**
 * The same for things that cannot be divided: slots, and calls within one window. What is left over goes to those who want most; among equals it
 * changes with `turn`: where there are fewer than workers, each has one from time to time.
 */
export function fairSlots(wants: readonly number[], slots: number, turn: number): readonly number[] {
  const whole = fairShares(wants).map((share) => Math.floor(share * slots + ROUNDING))
  const left = slots - whole.reduce((sum, one) => sum + one, 0)
  const turned = (i: number): number => (i - (turn % wants.length) + wants.length) % wants.length
  const next = wants
    .map((_, i) => i)
    .sort((a, b) => (wants[b] as number) - (wants[a] as number) || turned(a) - turned(b))
  for (const i of next.slice(0, left)) whole[i] = (whole[i] as number) + 1
  return whole
}

/** Sums of binary fractions fall short of whole numbers. */
export const ROUNDING = 1e-9
