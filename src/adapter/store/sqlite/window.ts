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
/** Rows of tenants passed over in one page of the log. */
const LOG_SPAN = 50_000
/** Ids looked through for one lane in one turn. */
const LANE_SPAN = 20_000

type Cells = readonly [
  id: number,
  lane: number,
  flow: number,
  tenant: number,
  attempt: number | null,
  crashes: number,
  replays: number,
  journal: number,
  due: number,
  why: string | null,
]

const CELLS = 't.id, t.lane, t.flow, t.tenant, w.attempt, w.crashes, w.replays, w.journal, w.due, w.why'

/** Reads waiting ids from the log into the lanes, a page per turn of the event loop, as far as the windows have room. */
export class Window {
  readonly #parts: WindowParts
  readonly #log
  readonly #logEnd
  readonly #tenant
  readonly #lane
  #reading = false
  #closed = false

  constructor(parts: WindowParts) {
    this.#parts = parts
    this.#log = parts.db.prepare(`SELECT ${CELLS} FROM todo t LEFT JOIN wait w ON w.id = t.id
      WHERE t.id >= ? AND t.id < ? AND t.tenant = 0 ORDER BY t.id LIMIT ${PAGE_ROWS}`)
    this.#logEnd = parts.db.prepare(`SELECT id FROM todo WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ${LOG_SPAN}`)
    this.#tenant = parts.db.prepare(`SELECT ${CELLS} FROM todo t INDEXED BY tenant LEFT JOIN wait w ON w.id = t.id
      WHERE t.tenant > 0 AND t.flow = ? AND t.tenant = ? AND t.id >= ? AND t.id < ? ORDER BY t.id LIMIT ?`)
    this.#lane = parts.db.prepare(`SELECT ${CELLS} FROM todo t LEFT JOIN wait w ON w.id = t.id
      WHERE t.id >= ? AND t.id < ? AND t.lane = ? ORDER BY t.id`)
    this.#log.setReturnArrays(true)
    this.#tenant.setReturnArrays(true)
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
      } else if (want.of === 'tenants') {
        const most = Math.ceil(PAGE_ROWS / want.rests.length)
        const pages = want.rests.map(({ flow, tenant, from }) => {
          const { rows, next } = page(
            this.#tenant.all(flow, tenant, from, end, most) as unknown as Cells[],
            most,
            end,
            at,
          )
          return { rows, next, ended: next >= end }
        })
        lanes.fillTenants(pages, at.mono)
      } else {
        // Among many rows of tenants the others may be few: so far and no further in one turn.
        const to = lanes.tenants ? Math.min(end, Number(this.#logEnd.get(want.from)?.['id'] ?? end)) : end
        const { rows, next } = page(this.#log.all(want.from, to) as unknown as Cells[], PAGE_ROWS, to, at)
        lanes.fill(rows, want.from, next, next >= end, at.mono)
      }
      return true
    } catch (thrown) {
      failed(thrown)
      return false
    }
  }
}

/** `next`: everything before it was looked at. */
function page(
  cells: readonly Cells[],
  most: number,
  to: number,
  at: Moment,
): { readonly rows: Row[]; readonly next: number } {
  const rows = cells.map((cell) => rowOf(cell, at))
  return { rows, next: cells.length < most ? to : cells.at(-1)![0] + 1 }
}

function rowOf([id, lane, flow, tenant, attempt, crashes, replays, journal, due, why]: Cells, at: Moment): Row {
  if (attempt === null) return { id, lane, flow, tenant }
  const pause = due - at.now
  const note: Note = { attempt, crashes, replays, journal, due: pause > 0 ? at.mono + pause : 0, why: why ?? undefined }
  return { id, lane, flow, tenant, note }
}
