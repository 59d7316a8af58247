import { type Bench, machine, median, type Options, rounded } from './bench.ts'
import { postgresServer } from './postgres.ts'
import { type Cell, type Figures, type Ledger, measure } from './queue/cell.ts'
import { BODY_BYTES } from './queue/message.ts'
import type { System } from './queue/system.ts'
import { SYSTEMS } from './queue/systems.ts'
import { redisMissing } from './redis.ts'

const SIZES = [20_000, 200_000]
const SHORT = 2_000
const KEYS = 10_000
/** A stage that takes longer is reported as not finished. */
const LIMIT_MS = 60_000
/** What took longer is not repeated in later rounds: it is steady, and time is short. */
const SLOW_S = 10
/** What ours is held against, and what is ours. */
const LIMIT = 'hand-sql'
const OURS = ['tieline-store', 'tieline-runtime']

const STAGES = ['enqueue', 'process', 'live'] as const
type Stage = (typeof STAGES)[number]

/** A row of the table: medians over the rounds. */
interface Row extends Cell {
  readonly enqueue?: number
  readonly process?: number
  readonly live?: number
  readonly rounds: number
  readonly cpuUs?: { readonly clients: number; readonly postgres: number }
  readonly unfinished?: string
  /** What was not as it should be, summed over the rounds. */
  readonly ledger?: Partial<Ledger>
  /** Live, of the hand-written SQL without keys; of the fastest peer that is durable on PostgreSQL. */
  readonly ofHandSql?: number
  readonly ofPeer?: number
  readonly peer?: string
}

/**
 * Messages per second through a queue on PostgreSQL: enqueue alone, a standing backlog worked off, and both at the same time ("live"),
 * which is what production does. Every message is looked at: it must come once, whole, and in the order of its key.
 */
export const queue: Bench = async (options) => {
  const systems = await chosen(options)
  await using server = await postgresServer()
  const found = new Map<string, Figures[]>()
  for (const cells of rounds(options, systems)) {
    for (const cell of cells) {
      const so = found.get(nameOf(cell)) ?? []
      found.set(nameOf(cell), so)
      if (
        so.some(({ seconds }) => seconds > SLOW_S && cell.messages === Math.min(...sizes(options))) ||
        hopeless(cell, found)
      )
        continue
      const figures = await measure(server, cell, LIMIT_MS).catch((error: Error) => failed(cell, error))
      so.push(figures)
      options.note(`${nameOf(cell).padEnd(44)} ${lineOf(figures)}`)
    }
  }
  const rows = table(rounds(options, systems).flat(), found)
  const main = rows.filter((row) => row.workers === 1 && row.keys === 0 && row.messages === Math.max(...sizes(options)))
  const value = main.find(({ system }) => system === OURS[0])?.live ?? 0
  const peers = main.filter(({ system, live }) => system !== OURS[0] && live !== undefined)
  const broken = brokenPromises(rows)
  return {
    unit: 'messages/s live, no keys, one worker process',
    better: 'higher',
    value,
    peers: Object.fromEntries(peers.map(({ system, live = 0 }) => [system, live])),
    ratio: Object.fromEntries(peers.map(({ system, live = 0 }) => [system, rounded(value / live)])),
    conditions: {
      ...machine(),
      postgres: server.version,
      settings: server.settings,
      bodyBytes: BODY_BYTES,
      keys: KEYS,
      limitSeconds: LIMIT_MS / 1e3,
      rows,
      systems: Object.fromEntries(
        [...systems].map(([name, { setup, durable, keyed }]) => [name, { setup, durable, keyed }]),
      ),
      ...(redisMissing() !== undefined && { leftOut: { bullmq: redisMissing() } }),
    },
    ...(broken !== undefined && { broken }),
  }
}

/** A system that fails is reported; the others go on. What is ours must not fail. */
function failed({ system }: Cell, error: Error): Figures {
  if (OURS.includes(system)) throw error
  const ledger = { lost: 0, doubled: 0, broken: 0, outOfOrder: 0 }
  return { unfinished: `failed: ${error.message}`, ledger, seconds: 0 }
}

async function chosen({ only, note }: Options): Promise<ReadonlyMap<string, System>> {
  const missing = redisMissing()
  const systems = new Map<string, System>()
  for (const [name, load] of Object.entries(SYSTEMS)) {
    if (only.length > 0 && !only.includes(name)) continue
    const system = await load()
    if (system.needs === 'redis' && missing !== undefined) note(`${name} is left out: ${missing}`)
    else systems.set(name, system)
  }
  if (systems.size === 0) throw new Error(`--only: use some of ${Object.keys(SYSTEMS).join(', ')}`)
  return systems
}

function sizes({ short, messages }: Options): readonly number[] {
  const fitting = SIZES.filter((size) => size <= messages)
  if (short) return [Math.min(SHORT, messages)]
  return fitting.length > 0 ? fitting : [messages]
}

/** Small sizes in every round, large ones in every third: they are long enough to be steady. */
function rounds(options: Options, systems: ReadonlyMap<string, System>): readonly (readonly Cell[])[] {
  return Array.from({ length: options.short ? 1 : options.rounds }, (_, round) =>
    sizes(options)
      .filter((_, index) => index === 0 || round % 3 === 0)
      .flatMap((messages) =>
        [1, 2].flatMap((workers) =>
          [0, KEYS].flatMap((keys) =>
            [...systems]
              .filter(([, { keyed }]) => keys === 0 || keyed !== undefined)
              .map(([system]) => ({ system, messages, keys, workers })),
          ),
        ),
      ),
  )
}

const nameOf = ({ system, messages, keys, workers }: Cell): string =>
  `${system} ${messages / 1e3}k ${keys === 0 ? 'no keys' : `${keys / 1e3}k keys`} ${workers}w`

/** At a smaller size it did not finish, or would not at this one. */
function hopeless(cell: Cell, found: ReadonlyMap<string, readonly Figures[]>): boolean {
  const smaller = SIZES.filter((size) => size < cell.messages).flatMap(
    (messages) => found.get(nameOf({ ...cell, messages })) ?? [],
  )
  const seconds = smaller.map(({ live }) => (live === undefined ? Number.POSITIVE_INFINITY : cell.messages / live))
  return seconds.some((needed) => needed * 1e3 > LIMIT_MS)
}

const lineOf = (figures: Figures): string =>
  [
    ...STAGES.map((stage) => `${stage} ${figures[stage] === undefined ? '–' : Math.round(figures[stage])}`),
    ...Object.entries(figures.ledger).flatMap(([what, count]) => (count > 0 ? [`${what} ${count}`] : [])),
    ...(figures.unfinished === undefined ? [] : [figures.unfinished]),
    ...(figures.cpuUs === undefined ? [] : [`cpu ${figures.cpuUs.clients} + ${figures.cpuUs.postgres} µs`]),
    `(${rounded(figures.seconds)} s)`,
  ].join('  ')

function table(cells: readonly Cell[], found: ReadonlyMap<string, readonly Figures[]>): readonly Row[] {
  const different = [...new Map(cells.map((cell) => [nameOf(cell), cell])).values()]
  const rows = different.map((cell): Row => {
    const figures = found.get(nameOf(cell)) ?? []
    const middle = (stage: Stage): object => {
      const rates = figures.flatMap((one) => one[stage] ?? [])
      return rates.length === 0 ? {} : { [stage]: Math.round(median(rates)) }
    }
    const unfinished = figures.find((one) => one.unfinished !== undefined)?.unfinished
    const not = figures.length === 0 ? `not tried: it would not finish in ${LIMIT_MS / 1e3} s` : unfinished
    return {
      ...cell,
      ...Object.assign({}, ...STAGES.map(middle)),
      rounds: figures.length,
      ...cpu(figures),
      ...faults(figures),
      ...(not !== undefined && { unfinished: not }),
    }
  })
  return rows.map((row) => (OURS.includes(row.system) ? { ...row, ...against(row, rows) } : row))
}

function cpu(figures: readonly Figures[]): Pick<Row, 'cpuUs'> {
  const found = figures.flatMap(({ cpuUs }) => cpuUs ?? [])
  if (found.length === 0) return {}
  return {
    cpuUs: {
      clients: rounded(median(found.map(({ clients }) => clients))),
      postgres: rounded(median(found.map(({ postgres = 0 }) => postgres))),
    },
  }
}

function faults(figures: readonly Figures[]): { readonly ledger?: Partial<Ledger> } {
  const ledger: Record<string, number> = {}
  for (const one of figures) {
    for (const [what, count] of Object.entries(one.ledger)) if (count > 0) ledger[what] = (ledger[what] ?? 0) + count
  }
  return Object.keys(ledger).length === 0 ? {} : { ledger }
}

/** Live, against hand-written SQL (which has no keys) and the fastest durable peer in the same situation. */
function against(row: Row, rows: readonly Row[]): object {
  if (row.live === undefined) return {}
  const like = (keys: number): readonly Row[] =>
    rows.filter((other) => other.messages === row.messages && other.workers === row.workers && other.keys === keys)
  const hand = like(0).find(({ system }) => system === LIMIT)?.live
  const durable = (other: Row): boolean => !/^(tieline|hand|bullmq)/.test(other.system) && other.live !== undefined
  // A peer that cannot do the keyed work in time is replaced by the fastest that does it without keys.
  const peers = [like(row.keys), like(0)].map((some) => some.filter(durable)).find((some) => some.length > 0) ?? []
  const [peer] = [...peers].sort((a, b) => (b.live ?? 0) - (a.live ?? 0))
  return {
    ...(hand !== undefined && { ofHandSql: rounded(row.live / hand) }),
    ...(peer?.live !== undefined && {
      ofPeer: rounded(row.live / peer.live),
      peer: `${peer.system}${peer.keys === row.keys ? '' : ', no keys'}`,
    }),
  }
}

/** Of ours, every fault counts. */
function brokenPromises(rows: readonly Row[]): string | undefined {
  const bad = rows.filter(({ system, ledger }) => OURS.includes(system) && ledger !== undefined)
  return bad.length === 0 ? undefined : bad.map((row) => `${nameOf(row)}: ${JSON.stringify(row.ledger)}`).join('; ')
}
