// Own process: keep-alive connections over raw sockets, one request at a time each, a closed loop bounded in time.
// argv: url connections warmupSeconds seconds. Prints one line of JSON.
import net from 'node:net'
import { request } from './stripe-events.ts'

const [url = '', connections = '64', warmup = '1', seconds = '3'] = process.argv.slice(2)
const { hostname, port, host } = new URL(url)
const run = `${process.pid}${Date.now().toString(36)}`
const latencies = new Float64Array(4_000_000)
let sent = 0
let measured = 0
let good = 0
let bad = 0
let measuring = false
let ended = false

function open(): void {
  const socket = net.connect(Number(port), hostname)
  socket.setNoDelay(true)
  let began = 0
  let counted = false
  const next = (): void => {
    if (ended) return void socket.destroy()
    counted = measuring
    began = performance.now()
    socket.write(request(host, ++sent, run))
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
    if (counted && measuring) {
      if (status === '202' || status === '200') {
        good++
        if (measured < latencies.length) latencies[measured++] = performance.now() - began
      } else bad++
    }
    next()
  })
}

for (let i = 0; i < Number(connections); i++) open()
setTimeout(() => {
  measuring = true
  const began = performance.now()
  setTimeout(() => {
    measuring = false
    ended = true
    const took = (performance.now() - began) / 1000
    const sorted = latencies.subarray(0, measured).sort()
    const at = (share: number): number => sorted[Math.min(measured - 1, Math.floor(measured * share))] ?? 0
    console.log(JSON.stringify({ rate: good / took, bad, sent, p50: at(0.5), p99: at(0.99), max: at(1) }))
    process.exit(0)
  }, Number(seconds) * 1000)
}, Number(warmup) * 1000)
