import { type Held, hasMore, NO_NOTE } from '../../../engine/lanes/lane.ts'
import type { Lanes } from '../../../engine/lanes/lanes.ts'
import { TermsOf } from '../../../engine/lanes/terms.ts'
import type { Clock } from '../../../port/clock.ts'
import type { Claimed, ClaimRequest, JournalEntry } from '../../../port/store.ts'
import { shardOf } from './batch.ts'
import { int8s } from './encode.ts'
import { deliveryOf, type Head, messageOf } from './head.ts'
import type { Inflight } from './inflight.ts'
import type { Line } from './line.ts'
import type { Names } from './names.ts'
import type { Reader } from './reader.ts'
import type { Statements } from './statements.ts'
import { journalOf } from './trail.ts'
import type { Warm, WarmWork } from './warm.ts'
import type { Worker } from './worker.ts'

export interface ClaimsParts {
  readonly line: Line
  readonly statements: Statements
  readonly lanes: Lanes
  readonly names: Names
  readonly worker: Worker
  readonly inflight: Inflight
  readonly reader: Reader
  readonly warm: Warm
  readonly clock: Clock
  /** Ends leases that ran out. */
  readonly expire: () => void
  /** Operators have moved work: `hands` tells how often by now. True when something here is no longer as it was. */
  readonly follow: (hands: number) => Promise<void>
  readonly replaced: () => void
}

interface Body {
  readonly id: number
  readonly msg: number
  readonly source: number
  readonly head: string
  readonly at: number
  /** One of them. */
  readonly text: string | null
  readonly body: Buffer | null
}

const NO_JOURNAL: readonly JournalEntry[] = Object.freeze([])

/** Leases work: decided in memory, written down in the worker's row, bodies read where this process does not have them. */
export class Claims {
  readonly #parts: ClaimsParts
  readonly #terms: TermsOf

  constructor(parts: ClaimsParts) {
    this.#parts = parts
    const name = (number: number): string => parts.names.name(number) ?? ''
    this.#terms = new TermsOf({ flow: name, tenant: name })
  }

  async claim(request: ClaimRequest): Promise<Claimed[]> {
    const { names, reader, inflight, worker, follow, replaced, expire } = this.#parts
    await names.number(request.flows)
    const flows = request.flows.map((flow) => names.known(flow)!)
    await worker.want(flows)
    expire()
    let taken = this.#take(flows, request, request.limit)
    try {
      if (taken.length < request.limit && reader.stale) {
        await reader.catchUp()
        taken = [...taken, ...this.#take(flows, request, request.limit - taken.length)]
      }
      if (request.except && taken.length < request.limit) reader.readOn() // what was set aside takes no room any more
      if (taken.length === 0) return []
      const [hands, bodies, journals] = await Promise.all([inflight.note(), this.#bodies(taken), this.#journals(taken)])
      if (hands === undefined) {
        replaced()
        return []
      }
      await follow(hands)
      return taken.flatMap((held) => this.#claimed(held, bodies, journals) ?? [])
    } catch (thrown) {
      for (const held of taken) this.#giveBack(held)
      throw thrown
    }
  }

  #take(flows: readonly number[], request: ClaimRequest, limit: number): Held[] {
    const { lanes, inflight, worker, clock } = this.#parts
    const now = clock.mono()
    const terms = this.#terms.of(request)
    const taken: Held[] = []
    for (const held of lanes.take(flows, request.owner, limit, now + request.leaseMs, now, terms)) {
      // Its shard is on its way to another worker: the next page leaves it out.
      if (!worker.owns(held.lane.share.flow.flow, shardOf(held.lane.id))) {
        lanes.finish(held, now)
        continue
      }
      inflight.begin(held.id)
      taken.push(held)
    }
    return taken
  }

  /** Nobody has worked on it: back to its place, as it was. */
  #giveBack(held: Held): void {
    const { lanes, inflight, clock } = this.#parts
    inflight.end(held.id)
    if (lanes.held(held.id, held.owner, held.token) === held) lanes.putBack(held, clock.mono())
  }

  #claimed(
    held: Held,
    bodies: ReadonlyMap<number, WarmWork>,
    journals: ReadonlyMap<number, JournalEntry[]>,
  ): Claimed | undefined {
    const { lanes, inflight, reader, clock } = this.#parts
    if (lanes.held(held.id, held.owner, held.token) !== held) return undefined
    const work = bodies.get(held.id)
    if (!work) {
      // An operator has taken it away since it was read.
      inflight.end(held.id)
      reader.ended(held.id)
      lanes.finish(held, clock.mono())
      return undefined
    }
    const note = lanes.noted(held.id) ? lanes.note(held.id) : NO_NOTE
    const { attempt, crashes, replays } = note
    const journal = note.journal > 0 ? (journals.get(held.id) ?? NO_JOURNAL) : NO_JOURNAL
    // An answer was lost: what is written counts, not what was thought.
    if (journal.length !== note.journal) lanes.setNote(held.id, { ...note, journal: journal.length })
    return {
      lease: { id: String(held.id), owner: held.owner, token: held.token },
      message: work.message,
      flow: work.delivery.flow,
      key: work.delivery.key,
      tenant: work.delivery.tenant ?? '',
      effect: work.delivery.effect,
      attempt,
      crashes,
      replays,
      more: hasMore(held),
      journal,
    }
  }

  async #bodies(taken: readonly Held[]): Promise<ReadonlyMap<number, WarmWork>> {
    const { line, statements, lanes, names, warm } = this.#parts
    const bodies = new Map<number, WarmWork>()
    const missing: number[] = []
    for (const { id } of taken) {
      const known = warm.take(id)
      // Work with a row of its own may have an edited body.
      if (known && !lanes.noted(id)) bodies.set(id, known)
      else missing.push(id)
    }
    if (missing.length === 0) return bodies
    const ids = int8s(missing)
    const rows: Body[] = (await line.query(statements.bodies, [ids])).rows
    if (rows.length < missing.length) rows.push(...(await line.query(statements.olderBodies, [ids])).rows)
    await names.learn(rows.map((row) => row.source))
    for (const { id, msg, source, head, at, text, body } of rows) {
      const parsed = JSON.parse(head) as Head
      bodies.set(id, {
        message: messageOf(parsed, names.name(source)!, at, body ?? Buffer.from(text!)),
        delivery: deliveryOf(parsed, id - msg),
      })
    }
    return bodies
  }

  async #journals(taken: readonly Held[]): Promise<ReadonlyMap<number, JournalEntry[]>> {
    const { line, statements, lanes } = this.#parts
    const noted = taken.filter(({ id }) => lanes.noted(id) && lanes.note(id).journal > 0)
    if (noted.length === 0) return new Map()
    const { rows } = await line.query(statements.journal, [int8s(noted.map(({ id }) => id))])
    return journalOf(rows)
  }
}
