// Own process: offers events at a steady rate, whatever the receiver does, and sends each one again until it is acknowledged, as a webhook
// provider does, only sooner. Waiting counts from the moment an event was due: a receiver that is down is not forgiven.
import net from 'node:net'
import { parseArgs } from 'node:util'
import { CONNECTIONS } from '../load/load.ts'
import { request } from '../load/stripe-events.ts'
import { quantiles } from './quantiles.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { url: text, rate: text, seconds: text } })
const { hostname, port, host } = new URL(values.url ?? '')
const rate = Number(values.rate)
const total = rate * Number(values.seconds)
/** Before the next attempt. */
const PAUSE_MS = 10
/** After the last event was due, all must be acknowledged. */
const PATIENCE_MS = 60_000

interface Event {
  readonly bytes: Buffer
  readonly dueMs: number
  attempts: number
}

const run = `${process.pid}${Date.now().toString(36)}`
const now = (): number => performance.timeOrigin + performance.now()
const beganMs = now()
const endsMs = beganMs + (total * 1_000) / rate
const idle: net.Socket[] = []
const again: Event[] = []
const acknowledged: number[] = []
const under = new Map<net.Socket, Event>()
let made = 0
let retried = 0
let repeats = 0

/** What failed goes first, then what is due. */
function nextEvent(): Event | undefined {
  const old = again.shift()
  if (old !== undefined) return old
  const dueMs = beganMs + (made * 1_000) / rate
  if (made >= total || dueMs > now()) return undefined
  return { bytes: request(host, ++made, run, { dueMs }), dueMs, attempts: 0 }
}

function send(): void {
  while (idle.length > 0) {
    const event = nextEvent()
    if (event === undefined) return
    const socket = idle.pop()!
    if (++event.attempts === 2) retried++
    under.set(socket, event)
    socket.write(event.bytes)
  }
}

function open(): void {
  const socket = net.connect(Number(port), hostname)
  socket.setNoDelay(true)
  let pending = ''
  socket.on('connect', () => {
    idle.push(socket)
    send()
  })
  socket.on('error', () => undefined) // 'close' follows
  socket.on('close', () => {
    const at = idle.indexOf(socket)
    if (at >= 0) idle.splice(at, 1)
    failed(socket)
    setTimeout(open, PAUSE_MS)
  })
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1')
    const head = pending.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? '0')
    if (pending.length < head + 4 + length) return
    const status = pending.slice(9, 12)
    if (status === '202' || status === '200') done(socket, pending.includes('"duplicate":true'))
    else failed(socket)
    pending = pending.slice(head + 4 + length)
    idle.push(socket)
    send()
  })
}

function done(socket: net.Socket, repeat: boolean): void {
  const event = under.get(socket)
  if (event === undefined) return
  under.delete(socket)
  acknowledged.push(now() - event.dueMs)
  if (repeat) repeats++
}

function failed(socket: net.Socket): void {
  const event = under.get(socket)
  if (event === undefined) return
  under.delete(socket)
  setTimeout(() => {
    again.push(event)
    send()
  }, PAUSE_MS)
}

for (let i = 0; i < CONNECTIONS; i++) open()
const clock = setInterval(() => {
  send()
  if (acknowledged.length < total && now() < endsMs + PATIENCE_MS) return
  clearInterval(clock)
  const ms = quantiles(acknowledged)
  console.log(JSON.stringify({ run, sent: made, acknowledged: acknowledged.length, retried, repeats, endsMs, ms }))
  process.exit(0)
}, 1)
