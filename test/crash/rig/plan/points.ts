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

/**
 * The way of a message, from the first start to the settle. On a server, besides: sharing, by which a runtime takes its part of the lanes, and
 * burial, by which it takes what a dead one had at hand. Each that its store has is reached at least once in a run of enough kills.
 */
export const POINTS = Object.freeze({
  'before recovery commits': once,
  'after recovery is sent': once,
  'after recovery commits': once,
  'before sharing commits': once,
  'after sharing is sent': once,
  'after sharing commits': once,
  'before burial commits': once,
  'after burial is sent': once,
  'after burial commits': once,
  'before accept commits': often,
  'after accept is sent': often,
  'after accept commits': often,
  'before the sync': often,
  'during the sync': often,
  'after the sync': often,
  'after the acknowledgement': often,
  'before claim commits': often,
  'after claim is sent': often,
  'after claim commits': often,
  'before journal commits': often,
  'after journal is sent': often,
  'after journal commits': often,
  'before the call': often,
  'after the call is sent': often,
  'after the effect': Object.freeze({ passages: 40, by: 'provider' }),
  'after the answer': often,
  'before settle commits': often,
  'after settle is sent': often,
  'after settle commits': often,
  'before retry commits': rarely,
  'after retry is sent': rarely,
  'after retry commits': rarely,
  'before the checkpoint': seldom,
  'during the checkpoint': seldom,
  'after the checkpoint': seldom,
}) satisfies Readonly<Record<string, Place>>

export type Point = keyof typeof POINTS

const POINT_NAMES = Object.keys(POINTS) as readonly Point[]
const ONLY_FILE = /sync|checkpoint/
const ONLY_SERVER = /sharing|burial|claim|(?<!call) is sent/

/** Of a store in a file: there is no moment between the request to commit and the commit, but one before it is on disk. */
export const FILE_POINTS: readonly Point[] = Object.freeze(POINT_NAMES.filter((name) => !ONLY_SERVER.test(name)))
/** Of a store on a server. Sent: the server may commit, and nobody will hear of it. */
export const SERVER_POINTS: readonly Point[] = Object.freeze(POINT_NAMES.filter((name) => !ONLY_FILE.test(name)))
