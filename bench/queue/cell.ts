import type { Server } from '../postgres.ts'
import { sleep } from '../process.ts'
import { redis } from '../redis.ts'
import { type Cpu, cpuOfServer, perMessage } from './cpu.ts'
import { type Child, child } from './fork.ts'
import { now } from './inbox.ts'
import { keyOf } from './message.ts'
import type { Place, System } from './system.ts'
import { SYSTEMS } from './systems.ts'

/** One system in one situation. */
export interface Cell {
  readonly system: string
  readonly messages: number
  readonly keys: number
  readonly workers: number
}

/** What arrived, looked at message by message. */
export interface Ledger {
  readonly lost: number
  readonly doubled: number
  readonly broken: number
  /** Messages that came before an earlier one of their key. */
  readonly outOfOrder: number
}

/** Messages per second. Undefined: it did not finish in time. */
export interface Figures {
  readonly enqueue?: number
  readonly process?: number
  readonly live?: number
  readonly unfinished?: string
  readonly ledger: Ledger
  readonly seconds: number
  /** CPU microseconds of one message on its whole way, of all processes; steadier than a rate where others use the machine too. */
  readonly cpuUs?: Required<Cpu>
}

interface Stage {
  readonly ms?: number
  readonly cpu?: Cpu
  readonly unfinished?: string
  readonly ledger: Ledger
}

let databases = 0

/** Measures a cell: enqueue, then work off what was enqueued; then, on a fresh database, both at the same time. */
export async function measure(server: Server, cell: Cell, limitMs: number): Promise<Figures> {
  const began = now()
  const system = await SYSTEMS[cell.system]!()
  let enqueue: number | undefined
  let sentCpu: Cpu | undefined
  const backlog = await within(server, cell, system, async (place) => {
    await using producer = child({ system: cell.system, role: 'produce', place, index: 0 })
    const sent = await produce(server, producer, limitMs)
    if (sent.unfinished !== undefined) return sent
    enqueue = sent.ms
    sentCpu = sent.cpu
    return await work(server, cell, system, place, limitMs)
  })
  const live = await within(server, cell, system, async (place) => {
    await using producer = child({ system: cell.system, role: 'produce', place, index: 0 })
    return await work(server, cell, system, place, limitMs, producer)
  })
  const rate = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : (cell.messages / ms) * 1e3
  const figures = { enqueue: rate(enqueue), process: rate(backlog.ms), live: rate(live.ms) }
  const unfinished = [backlog.unfinished, live.unfinished].filter((text) => text !== undefined)
  return {
    ...Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined)),
    ...(unfinished.length > 0 && { unfinished: unfinished.join('; ') }),
    ...(unfinished.length === 0 &&
      system.needs === 'postgres' &&
      perMessage([sentCpu, backlog.cpu, live.cpu], 2 * cell.messages)),
    ledger: sum(backlog.ledger, live.ledger),
    seconds: (now() - began) / 1e3,
  }
}

/** A database, and a Redis where one is needed, with the system's tables in it. */
async function within(
  server: Server,
  cell: Cell,
  system: System,
  stage: (place: Place) => Promise<Stage>,
): Promise<Stage> {
  await using database = await server.database(`queue_${++databases}`)
  await using store = system.needs === 'redis' ? await redis() : undefined
  const { messages, keys, workers } = cell
  const place: Place = { url: database.url, redisPort: store?.port ?? '', messages, keys, workers }
  {
    await using made = child({ system: cell.system, role: 'prepare', place, index: 0 })
    await made.until('ready')
  }
  return await stage(place)
}

const CLEAN: Ledger = { lost: 0, doubled: 0, broken: 0, outOfOrder: 0 }

async function produce(server: Server, producer: Child, limitMs: number): Promise<Stage> {
  await producer.until('ready')
  const before = cpuOfServer(server.pid)
  producer.tell('go')
  await inTime(producer.until('sent'), limitMs)
  const { began = 0, ended } = producer.said
  if (ended === undefined) return { unfinished: `enqueue: not through in ${limitMs / 1e3} s`, ledger: CLEAN }
  return { ms: ended - began, cpu: cpuSince(before, server, [producer]), ledger: CLEAN }
}

/** Resolves with the promise, or when the time is over. */
async function inTime(promise: Promise<unknown>, ms: number): Promise<void> {
  let clock: NodeJS.Timeout | undefined
  await Promise.race([promise, new Promise((resolve) => (clock = setTimeout(resolve, ms)))])
  clearTimeout(clock)
}

/** With a producer: live, from its first message on. Without: a backlog, from the moment at which the workers are told to begin. */
async function work(
  server: Server,
  cell: Cell,
  system: System,
  place: Place,
  limitMs: number,
  producer?: Child,
): Promise<Stage> {
  const { messages, workers: count } = cell
  await using workers = new Workers(
    Array.from({ length: count }, (_, index) => child({ system: cell.system, role: 'work', place, index })),
  )
  await Promise.all([...workers.all.map((one) => one.until('ready')), producer?.until('ready')])
  const before = cpuOfServer(server.pid)
  let began = now()
  for (const one of workers.all) one.tell('go')
  await Promise.all(workers.all.map((one) => one.until('started')))
  if (producer !== undefined) {
    began = now()
    producer.tell('go')
  }
  const total = (what: 'handled' | 'settled'): number =>
    workers.all.reduce((total, { said }) => total + (said[what] ?? 0), 0)
  const late = began + limitMs
  let ended: number | undefined
  while (ended === undefined && now() < late) {
    await sleep(2)
    if (total('handled') < messages) continue
    if (system.left === undefined) {
      if (total('settled') >= messages) ended = Math.max(...workers.all.map(({ said }) => said.settledAt ?? 0))
    } else if ((await system.left(place)) === 0) ended = now()
  }
  const after = cpuOfServer(server.pid)
  const handled = total('handled')
  for (const one of workers.all) one.tell('stop')
  await Promise.all(workers.all.map((one) => one.until('repeated')))
  const ledger = look(cell, workers.all)
  if (ended !== undefined) {
    const cpu = cpuSince(before, server, producer === undefined ? workers.all : [...workers.all, producer], after)
    return { ms: ended - began, ledger, cpu }
  }
  const stage = producer === undefined ? 'process' : 'live'
  return { unfinished: `${stage}: ${handled} of ${messages} in ${limitMs / 1e3} s`, ledger: { ...ledger, lost: 0 } }
}

/** From the moment at which they were told to begin. */
function cpuSince(
  before: number | undefined,
  server: Server,
  clients: readonly Child[],
  after = cpuOfServer(server.pid),
): Cpu {
  return {
    clients: clients.reduce((sum, { said }) => sum + (said.cpu ?? 0), 0),
    postgres: before === undefined || after === undefined ? undefined : after - before,
  }
}

class Workers implements AsyncDisposable {
  readonly all: readonly Child[]

  constructor(all: readonly Child[]) {
    this.all = all
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((one) => one[Symbol.asyncDispose]()))
  }
}

/** Every message exactly once, and those of a key in the order in which they were sent. */
function look({ messages, keys }: Cell, workers: readonly Child[]): Ledger {
  const seen = workers.map(({ said }) => said.at ?? new Float64Array(messages))
  const totalOf = (what: 'broken' | 'repeated'): number =>
    workers.reduce((total, { said }) => total + (said[what] ?? 0), 0)
  const last = new Map<string, number>()
  let lost = 0
  let doubled = totalOf('repeated')
  let outOfOrder = 0
  for (let n = 0; n < messages; n++) {
    const times = seen.map((at) => at[n] ?? 0).filter((at) => at > 0)
    if (times.length === 0) lost++
    else if (times.length > 1) doubled += times.length - 1
    const at = times[0]
    if (keys === 0 || at === undefined) continue
    const key = keyOf(n, keys)
    if (at < (last.get(key) ?? 0)) outOfOrder++
    else last.set(key, at)
  }
  return { lost, doubled, broken: totalOf('broken'), outOfOrder }
}

const sum = (a: Ledger, b: Ledger): Ledger => ({
  lost: a.lost + b.lost,
  doubled: a.doubled + b.doubled,
  broken: a.broken + b.broken,
  outOfOrder: a.outOfOrder + b.outOfOrder,
})
