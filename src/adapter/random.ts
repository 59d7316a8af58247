import type { Random } from '../port/random.ts'

/** The machine's own chance: good for jitter, never for secrets. */
export const systemRandom: Random = () => Math.random()
