// Own process: keep-alive connections over raw sockets, one request at a time each, a closed loop bounded in time and number.
// Prints one line of JSON.
import net from 'node:net'
import { parseArgs } from 'node:util'
import { request } from './stripe-events.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: { url: text, connections: text, 'warm-up': text, seconds: text, keys: text, limit: text },
})
const { hostname, port, host } = new URL(values.url ?? '')
const seconds = Number(values.seconds)
const limit = Number(values.limit)
const keys = Number(values.keys)
const run = `${process.pid}${Date.now().toString(36)}`
const latencies = new Float64Array(4_000_000)
let sent = 0
let answered = 0
let measured = 0
let good = 0
let bad = 0
let began: number | undefined
let ended = false

function open(): void {
  const socket = net.connect(Number(port), hostname)
  socket.setNoDelay(true)
  let sentAt = 0
  let counted = false
  const next = (): void => {
    if (ended || sent >= limit) return void socket.destroy()
    counted = began !== undefined
    sentAt = performance.now()
    socket.write(request(host, ++sent, run, { keys }))
  }
  socket.on('connect', next)
  socket.on('error', () => bad++)
  let pending = ''
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1')
    const head = pending.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? '0')
    if (pending.length < head + 4 + length) return
    const status = pending.slice(9, 12)
    pending = pending.slice(head + 4 + length)
    if (counted && !ended) {
      if (status === '202' || status === '200') {
        good++
        if (measured < latencies.length) latencies[measured++] = performance.now() - sentAt
      } else bad++
    }
    if (++answered === limit) finish()
    next()
  })
}

function finish(): void {
  if (ended) return
  ended = true
  const took = (performance.now() - (began ?? 0)) / 1000
  const sorted = latencies.subarray(0, measured).sort()
  const at = (share: number): number => sorted[Math.min(measured - 1, Math.floor(measured * share))] ?? 0
  console.log(JSON.stringify({ rate: good / took, bad, sent, p50: at(0.5), p99: at(0.99), max: at(1) }))
  process.exit(0)
}

for (let i = 0; i < Number(values.connections); i++) open()
setTimeout(() => {
  began = performance.now()
  setTimeout(finish, seconds * 1000)
}, Number(values['warm-up']) * 1000)
