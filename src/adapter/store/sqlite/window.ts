import type { DatabaseSync } from 'node:sqlite'
import type { Note } from '../../../engine/lanes/lane.ts'
import type { Lanes, Row } from '../../../engine/lanes/lanes.ts'
import type { Moment } from '../../../engine/lanes/moment.ts'

export interface WindowParts {
  readonly db: DatabaseSync
  readonly lanes: Lanes
  readonly moment: () => Moment
  /** Every id below is on disk. */
  readonly visible: () => number
  readonly failed: (thrown: unknown) => void
}

/** Rows of one page: some milliseconds. */
const PAGE_ROWS = 5_000
/** Ids looked through for one lane in one turn. */
const LANE_SPAN = 20_000

type Cells = readonly [
  id: number,
  lane: number,
  flow: number,
  attempt: number | null,
  crashes: number,
  replays: number,
  journal: number,
  due: number,
  why: string | null,
]

const CELLS = 't.id, t.lane, t.flow, w.attempt, w.crashes, w.replays, w.journal, w.due, w.why'

/** Reads waiting ids from the log into the lanes, a page per turn of the event loop, as far as the windows have room. */
export class Window {
  readonly #parts: WindowParts
  readonly #log
  readonly #lane
  #reading = false
  #closed = false

  constructor(parts: WindowParts) {
    this.#parts = parts
    this.#log = parts.db.prepare(`SELECT ${CELLS} FROM todo t LEFT JOIN wait w ON w.id = t.id
      WHERE t.id >= ? AND t.id < ? ORDER BY t.id LIMIT ${PAGE_ROWS}`)
    this.#lane = parts.db.prepare(`SELECT ${CELLS} FROM todo t LEFT JOIN wait w ON w.id = t.id
      WHERE t.id >= ? AND t.id < ? AND t.lane = ? ORDER BY t.id`)
    this.#log.setReturnArrays(true)
    this.#lane.setReturnArrays(true)
  }

  /** Call after anything that may have made room. */
  readOn(): void {
    if (this.#reading || this.#closed) return
    this.#reading = this.#page()
    if (this.#reading) setImmediate(() => this.#next())
  }

  close(): void {
    this.#closed = true
  }

  #next(): void {
    this.#reading = false
    this.readOn()
  }

  /** One page; false when nothing is wanted. */
  #page(): boolean {
    const { lanes, moment, visible, failed } = this.#parts
    const end = visible()
    const want = lanes.want(end)
    if (!want) return false
    const at = moment()
    try {
      if (want.of === 'lane') {
        const to = Math.min(want.to, want.from + LANE_SPAN)
        const cells = this.#lane.all(want.from, to, want.lane) as unknown as Cells[]
        lanes.fillLane(
          cells.map((cell) => rowOf(cell, at)),
          to,
          to >= want.to,
          at.mono,
        )
      } else {
        const cells = this.#log.all(want.from, end) as unknown as Cells[]
        const ended = cells.length < PAGE_ROWS
        lanes.fill(
          cells.map((cell) => rowOf(cell, at)),
          want.from,
          ended ? end : cells.at(-1)![0] + 1,
          ended,
          at.mono,
        )
      }
      return true
    } catch (thrown) {
      failed(thrown)
      return false
    }
  }
}

function rowOf([id, lane, flow, attempt, crashes, replays, journal, due, why]: Cells, at: Moment): Row {
  if (attempt === null) return { id, lane, flow }
  const pause = due - at.now
  const note: Note = { attempt, crashes, replays, journal, due: pause > 0 ? at.mono + pause : 0, why: why ?? undefined }
  return { id, lane, flow, note }
}
