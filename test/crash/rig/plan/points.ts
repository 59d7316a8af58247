/** Where in a runtime the named fault points are. */
interface Place {
  /** The process is killed at one of its first so many passages; the plan draws which. */
  readonly passages: number
  /** Who kills: the process itself, by what is preloaded into it, or the provider that it calls. */
  readonly by: 'itself' | 'provider'
}

const often: Place = Object.freeze({ passages: 40, by: 'itself' })
const rarely: Place = Object.freeze({ passages: 6, by: 'itself' })
const seldom: Place = Object.freeze({ passages: 2, by: 'itself' })
const once: Place = Object.freeze({ passages: 1, by: 'itself' })

/** The way of a message, from the first start to the settle. Each is reached at least once in a run of enough kills. */
export const POINTS = Object.freeze({
  'before recovery commits': once,
  'after recovery commits': once,
  'before accept commits': often,
  'after accept commits': often,
  'before the sync': often,
  'during the sync': often,
  'after the sync': often,
  'after the acknowledgement': often,
  'before journal commits': often,
  'after journal commits': often,
  'before the call': often,
  'after the call is sent': often,
  'after the effect': Object.freeze({ passages: 40, by: 'provider' }),
  'after the answer': often,
  'before settle commits': often,
  'after settle commits': often,
  'before retry commits': rarely,
  'after retry commits': rarely,
  'before the checkpoint': seldom,
  'during the checkpoint': seldom,
  'after the checkpoint': seldom,
}) satisfies Readonly<Record<string, Place>>

export type Point = keyof typeof POINTS

export const POINT_NAMES = Object.freeze(Object.keys(POINTS)) as readonly Point[]
