// What any honest receiver of signed webhooks does before it keeps anything: read, check the signature, parse. Nothing is kept.
import { createHmac, timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { SECRET } from '../load/stripe-events.ts'
import { answer } from './answer.ts'

let ids = 0
const server = http.createServer((request, response) => {
  let body: Buffer = Buffer.alloc(0)
  request.on('data', (chunk: Buffer) => {
    body = body.length === 0 ? chunk : Buffer.concat([body, chunk])
  })
  request.on('end', () => {
    const [, time = '', given = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['stripe-signature'])) ?? []
    const mac = createHmac('sha256', SECRET).update(`${time}.`).update(body).digest()
    const event = JSON.parse(body.toString()) as { id: string }
    if (timingSafeEqual(mac, Buffer.from(given, 'hex')) && event.id !== '') ids++
    answer(response)
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(ids >= 0 ? 0 : 1))
