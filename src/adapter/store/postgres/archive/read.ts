import type { Fault } from '../../../../core/fault.ts'
import { type Candidate, PAGE_ROWS, rangeOf } from '../../../../engine/move/range.ts'
import type {
  ArchivedCounters,
  ArchivedEnvelope,
  ArchivedMessage,
  ArchivedStep,
  ArchivedWork,
  ArchivePage,
} from '../../../../port/archive.ts'
import type { WorkState } from '../../../../port/store.ts'
import { identity } from '../batch.ts'
import { uuids } from '../encode.ts'
import { deliveryOf, type Head } from '../head.ts'
import { BLOCK } from '../migrations.ts'
import type { Numbers } from './numbers.ts'
import { CANDIDATES, DEAD, DONE, MARKS, MESSAGES, TODO, TRAIL } from './select.ts'
import type { Session } from './session.ts'

const STATES: readonly WorkState[] = ['pending', 'delivered', 'skipped', 'discarded', 'dead', 'quarantined']

interface WorkRow {
  readonly id: number
  readonly msg: number
  readonly day: string | null
  readonly flow: number
  readonly state: number
  readonly at: number
  readonly attempt: number | null
  readonly crashes: number | null
  readonly replays: number | null
  readonly journal: number | null
  readonly due: number | null
  readonly why: string | null
  readonly fault: string | null
  readonly hold: boolean
  readonly edited: boolean
  readonly body: Buffer | null
  readonly head?: string
  readonly source?: number
  readonly accepted?: number
  readonly works?: number
}

/** What is being put together of one message. */
interface Making {
  envelope?: ArchivedEnvelope
  head?: Head
  width: number
  /** The message as it was stored on each day: a replay stores it again. */
  readonly bodies: Map<string, Buffer>
  readonly rows: WorkRow[]
}

/** Reads messages with all their work, in ranges of ids: what belongs to one message has ids that follow one another. */
export class Reading {
  readonly #session: Session
  readonly #numbers: Numbers
  readonly #crashed: ReadonlySet<number>

  constructor(session: Session, numbers: Numbers, crashed: ReadonlySet<number>) {
    this.#session = session
    this.#numbers = numbers
    this.#crashed = crashed
  }

  async page(after: number): Promise<ArchivePage> {
    const found: Candidate[][] = []
    for (const text of CANDIDATES) found.push(await this.#rows(text, [after, PAGE_ROWS]))
    const range = rangeOf(found)
    if (range === undefined) return { messages: [], next: undefined }
    const made = await this.#make(after, range.end)
    const trails = await this.#trails(after, range.end)
    const known = await this.#known(made)
    const messages = [...made].sort(([a], [b]) => a - b)
    return {
      messages: messages.map(([first, making]) => this.#message(first, making, trails, known.get(first))),
      next: range.end,
    }
  }

  async counters(): Promise<ArchivedCounters> {
    const [sums] = await this.#rows<Omit<ArchivedCounters, 'last'>>(`SELECT coalesce(sum(accepted), 0) AS accepted,
      coalesce(sum(duplicates), 0) AS duplicates, coalesce(sum(delivered), 0) AS delivered, coalesce(sum(skipped), 0) AS skipped,
      coalesce(sum(discarded), 0) AS discarded FROM S.tally`)
    const [ids] = await this.#rows<{ last: number }>(
      `SELECT CASE WHEN is_called THEN last_value + ${BLOCK - 1} ELSE 0 END AS last FROM S.work_id`,
    )
    return { ...sums!, last: ids!.last }
  }

  async #make(after: number, end: number): Promise<Map<number, Making>> {
    const made = new Map<number, Making>()
    const entry = (first: number): Making => {
      const making = made.get(first) ?? { width: 1, bodies: new Map(), rows: [] }
      made.set(first, making)
      return making
    }
    const learn = (making: Making, text: string, source: number, acceptedAtMs: number, works: number): void => {
      making.width = Math.max(making.width, works)
      if (making.head) return
      making.head = JSON.parse(text) as Head
      const [id, type, attributes] = making.head
      making.envelope = { source: this.#numbers.name(source), id, type, attributes, acceptedAtMs }
    }
    type MessageRow = { id: number; day: string; works: number; at: number; source: number; head: string; body: Buffer }
    for (const { id, day, works, at, source, head, body } of await this.#rows<MessageRow>(MESSAGES, [after, end])) {
      const making = entry(id)
      learn(making, head, source, at, works)
      making.bodies.set(day, body)
    }
    for (const text of [TODO, DONE, DEAD]) {
      for (const row of await this.#rows<WorkRow>(text, [after, end])) {
        const making = entry(row.msg)
        making.rows.push(row)
        making.width = Math.max(making.width, row.id - row.msg + 1)
        if (row.head !== undefined) learn(making, row.head, row.source!, row.accepted!, row.works!)
      }
    }
    return made
  }

  #message(
    first: number,
    making: Making,
    trails: ReadonlyMap<number, readonly ArchivedStep[]>,
    known: ArchivedMessage['known'],
  ): ArchivedMessage {
    const { envelope, width, bodies, rows } = making
    const [body] = bodies.values()
    return {
      first,
      width,
      works: rows
        .sort((a, b) => a.id - b.id)
        .map((row) => this.#work(row, making, ownBody(row, bodies), trails.get(row.id) ?? [])),
      ...(envelope ? { envelope } : {}),
      ...(body ? { body: bytes(body) } : {}),
      ...(known ? { known } : {}),
    }
  }

  #work(row: WorkRow, { head }: Making, body: Buffer | null, trail: readonly ArchivedStep[]): ArchivedWork {
    const position = row.id - row.msg
    const { key, effect, tenant } = head ? deliveryOf(head, position) : { key: '', effect: '', tenant: '' }
    const crash = row.state === 0 && this.#crashed.has(row.id) ? 1 : 0
    return {
      position,
      flow: this.#numbers.name(row.flow),
      key,
      ...(tenant === '' ? {} : { tenant }),
      effect,
      state: STATES[row.state]!,
      attempt: row.attempt ?? 0,
      crashes: (row.crashes ?? 0) + crash,
      replays: row.replays ?? 0,
      journal: row.journal ?? 0,
      dueAtMs: row.due ?? 0,
      settledAtMs: row.at,
      hold: row.hold,
      edited: row.edited || (row.state === 0 && body !== null),
      trail,
      ...(row.why === null ? {} : { why: JSON.parse(row.why) as string }),
      ...(row.fault === null ? {} : { fault: JSON.parse(row.fault) as Fault }),
      ...(body === null ? {} : { body: bytes(body) }),
    }
  }

  async #trails(after: number, end: number): Promise<ReadonlyMap<number, ArchivedStep[]>> {
    const trails = new Map<number, ArchivedStep[]>()
    type StepRow = { work: number; position: number | null; entry: string }
    for (const { work, position, entry } of await this.#rows<StepRow>(TRAIL, [after, end])) {
      const trail = trails.get(work) ?? []
      trails.set(work, trail)
      const step = JSON.parse(entry) as ArchivedStep
      trail.push(position === null ? step : { ...step, position })
    }
    return trails
  }

  /** Under which identity a repeat of each would be recognised: quarantine has one of its own. */
  async #known(made: ReadonlyMap<number, Making>): Promise<ReadonlyMap<number, 'message' | 'quarantine'>> {
    const wanted = new Map<string, { first: number; as: 'message' | 'quarantine' }>()
    const hashes: Buffer[] = []
    for (const [first, { envelope }] of made) {
      if (envelope === undefined) continue
      for (const as of ['message', 'quarantine'] as const) {
        const hash = identity(as === 'message' ? envelope : { ...envelope, quarantine: true })
        hashes.push(hash)
        wanted.set(`${hash.toString('hex')} ${first}`, { first, as })
      }
    }
    const known = new Map<number, 'message' | 'quarantine'>()
    for (const { h, id } of await this.#rows<{ h: string; id: number }>(MARKS, [uuids(hashes)])) {
      const found = wanted.get(`${h} ${id}`)
      if (found) known.set(found.first, found.as)
    }
    return known
  }

  async #rows<T>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.#session.ask(text, values)).rows as T[]
  }
}

/** Pending work runs with the message of its day: where that is not the first one, it is a body of its own. */
function ownBody(row: WorkRow, bodies: ReadonlyMap<string, Buffer>): Buffer | null {
  if (row.body !== null || row.day === null) return row.body
  const [body] = bodies.values()
  const own = bodies.get(row.day)
  return own && body && !own.equals(body) ? own : null
}

/** The same bytes as every store gives them. */
function bytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
