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
 * The same for things that cannot be divided. Who gets one of those that are left over changes with `turn`: where there are fewer slots than
 * workers, each has one from time to time.
 */
export function fairSlots(wants: readonly number[], slots: number, turn: number): readonly number[] {
  const shares = fairShares(wants).map((share) => share * slots + ROUNDING)
  const whole = shares.map(Math.floor)
  let left = slots - whole.reduce((sum, one) => sum + one, 0)
  for (let i = 0; left > 0; i++, left--) {
    const next = (turn + i) % wants.length
    whole[next] = (whole[next] as number) + 1
  }
  return whole
}

/** Sums of binary fractions fall short of whole numbers. */
const ROUNDING = 1e-9
