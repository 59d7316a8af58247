// Own process of one measurement. argv: a JSON of what it is. It says `ready`, waits for `go`, and ends with `stop`.
import type { Role } from './fork.ts'
import { Inbox, now } from './inbox.ts'
import { STREAMS } from './message.ts'
import { BATCH } from './system.ts'
import { SYSTEMS } from './systems.ts'

/** How often a worker says how far it is. */
const TELL_MS = 4

const { system: name, role, place, index } = JSON.parse(process.argv[2] ?? '{}') as Role
const system = await SYSTEMS[name]!()
const tell = (message: object): void => void process.send?.(message)
const told = (what: string): Promise<void> =>
  new Promise((resolve) => process.on('message', (message) => (message === what ? resolve() : undefined)))
process.once('disconnect', () => process.exit(1)) // the benchmark itself is gone

/** CPU time since then, in microseconds. */
const cpuSince = (then: NodeJS.CpuUsage): number => {
  const { user, system: kernel } = process.cpuUsage(then)
  return user + kernel
}

if (role === 'prepare') {
  await system.prepare(place)
  tell({ ready: true })
} else if (role === 'produce') {
  const producer = await system.produce(place)
  const go = told('go')
  tell({ ready: true })
  await go
  const [began, cpu] = [now(), process.cpuUsage()]
  await Promise.all(
    Array.from({ length: STREAMS }, async (_, stream) => {
      for (let first = stream; first < place.messages; first += BATCH * STREAMS) {
        const numbers: number[] = []
        for (let n = first; n < place.messages && numbers.length < BATCH; n += STREAMS) numbers.push(n)
        await producer.put(numbers, stream)
      }
    }),
  )
  const ended = now()
  const stop = told('stop')
  tell({ sent: place.messages, began, ended, cpu: cpuSince(cpu) })
  await stop
  await producer[Symbol.asyncDispose]()
} else {
  const inbox = new Inbox(place.messages)
  const worker = await system.work(place, inbox, index)
  const [go, stop] = [told('go'), told('stop')]
  tell({ ready: true })
  await go
  const [began, cpu] = [now(), process.cpuUsage()]
  await worker.start()
  tell({ started: true, began })
  const clock = setInterval(() => {
    const { handled, settled, settledAt } = inbox
    tell({ handled, settled, settledAt })
  }, TELL_MS)
  await stop
  clearInterval(clock)
  const spent = cpuSince(cpu)
  await new Promise((sent) =>
    process.send?.({ at: inbox.at, broken: inbox.broken, repeated: inbox.repeated, cpu: spent }, sent as () => void),
  )
  await worker[Symbol.asyncDispose]()
}
process.disconnect()
process.exit(0)
