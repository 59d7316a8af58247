import { stat } from 'node:fs/promises'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Bench, compared, interleave, machine, median, type Options, rounded } from './bench.ts'
import { KEYS, load } from './load/load.ts'
import { BODY_BYTES, request } from './load/stripe-events.ts'
import { killHard, type Running, residentMb, sleep, start, temporary } from './process.ts'
import { statusOf, tielineStatus } from './status.ts'

/** Shares of the messages at which memory is looked at while they come. */
const MARKS = [0.1, 0.25, 0.5, 1]
/** Memory is looked at so long after the messages have come, or after a restart. */
const SETTLE_MS = 2_000

interface Restart {
  /** From spawn to the first call that the provider saw. */
  readonly deliveryMs: number
  /** From spawn to the line that says ready. */
  readonly readyMs: number
  /** From spawn to the first event acknowledged. */
  readonly acceptMs: number
  readonly rssMb: number
}

/** A provider in this process, which has nothing else to do: it says when it is called. */
async function provider() {
  let called: () => void = () => undefined
  const server = http.createServer((incoming, response) => {
    called()
    incoming.resume().on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nextCall: (): Promise<number> => new Promise((resolve) => (called = () => resolve(performance.now()))),
    [Symbol.dispose]: () => void server.close().closeAllConnections(),
  }
}

const run = `${process.pid}${Date.now().toString(36)}`
let events = 0

/** Sends one event; resolves when it is acknowledged. */
function acceptOne(url: string): Promise<number> {
  const { hostname, port, host } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => socket.write(request(host, ++events, run)))
    socket.once('error', reject).once('data', (answer) => {
      socket.destroy()
      if (answer.includes(' 202 ')) resolve(performance.now())
      else reject(new Error(`the event was not accepted: ${answer.toString('latin1', 0, 40)}`))
    })
  })
}

async function restart(database: string, sink: Awaited<ReturnType<typeof provider>>): Promise<Restart> {
  const delivery = sink.nextCall()
  const began = performance.now()
  await using server = await start('server/tieline.ts', [database, sink.url, 'working'])
  const ready = performance.now()
  const accepted = await acceptOne(String(server.ready['url']))
  const delivered = await delivery
  await sleep(SETTLE_MS)
  const rssMb = residentMb(server)
  await killHard(server)
  await sleep(200) // what it had sent is through
  return { deliveryMs: delivered - began, readyMs: ready - began, acceptMs: accepted - began, rssMb }
}

/** Ends a pause and the process before the pause's end has had an effect to speak of. */
async function resumeAndKill(server: Running): Promise<void> {
  const answer = await fetch(`${server.ready['url']}/admin/v1/resume`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ target: 'flow:deals' }),
  })
  if (!answer.ok) throw new Error(`resume: ${answer.status} ${await answer.text()}`)
  await killHard(server)
  await sleep(200)
}

/** Lets so many messages wait in a paused flow. Memory in MB by how many have come. */
async function fill(database: string, sinkUrl: string, messages: number): Promise<Readonly<Record<string, number>>> {
  await using server = await start('server/tieline.ts', [database, sinkUrl, 'paused'])
  const url = String(server.ready['url'])
  const rssMb: Record<string, number> = { start: residentMb(server) }
  const marks = MARKS.map((share) => Math.round(share * messages))
  const loading = load(url, { warmUp: 0, seconds: 3_600, limit: messages })
  for (let next = marks.shift(); next !== undefined; await sleep(100)) {
    if ((await statusOf(tielineStatus(url))).accepted < next) continue
    rssMb[next] = residentMb(server)
    next = marks.shift()
  }
  await loading
  await sleep(SETTLE_MS)
  rssMb['waiting'] = residentMb(server)
  await resumeAndKill(server)
  return rssMb
}

/**
 * Messages wait in the store, because their flow is paused. The process is killed and started again: when is the first of them delivered?
 * Every restart finds them but for those that the restarts before it delivered.
 */
export const waiting: Bench = async (options) => {
  await using folder = await temporary()
  using sink = await provider()
  const full = join(folder.path, 'full.db')
  options.note(`${options.messages} messages come`)
  const began = performance.now()
  const rssMb = await fill(full, sink.url, options.messages)
  const fillSeconds = rounded((performance.now() - began) / 1_000)
  const fileMb = Math.round((await stat(full)).size / 1_048_576)
  const results = await interleave(
    {
      tieline: () => restart(full, sink),
      empty: async () => {
        await using small = await temporary()
        const database = join(small.path, 'empty.db')
        await fill(database, sink.url, 1) // one message, that there is something to deliver
        return await restart(database, sink)
      },
    },
    options,
    ({ deliveryMs }) => deliveryMs,
  )
  return {
    unit: 'ms',
    better: 'lower',
    ...compared(results, ({ deliveryMs }) => deliveryMs),
    conditions: {
      ...machine(),
      ...conditionsOf(options),
      fileMb,
      fillSeconds,
      rssMb,
      afterRestart: Object.fromEntries(Object.entries(results).map(([name, found]) => [name, middle(found)])),
    },
  }
}

const conditionsOf = ({ rounds, messages }: Options) => ({ rounds, messages, keys: KEYS, bodyBytes: BODY_BYTES })

const middle = (found: readonly Restart[]): Restart => ({
  deliveryMs: Math.round(median(found.map(({ deliveryMs }) => deliveryMs))),
  readyMs: Math.round(median(found.map(({ readyMs }) => readyMs))),
  acceptMs: Math.round(median(found.map(({ acceptMs }) => acceptMs))),
  rssMb: Math.round(median(found.map(({ rssMb }) => rssMb))),
})
