// What any honest receiver of signed webhooks does before it keeps anything: read, check the signature, parse. Nothing is kept.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './answer.ts'
import { signed } from './stripe-signature.ts'

let ids = 0
const server = http.createServer((request, response) => {
  let body: Buffer = Buffer.alloc(0)
  request.on('data', (chunk: Buffer) => {
    body = body.length === 0 ? chunk : Buffer.concat([body, chunk])
  })
  request.on('end', () => {
    const genuine = signed(request.headers['stripe-signature'], body)
    const event = JSON.parse(body.toString()) as { id: string }
    if (genuine && event.id !== '') ids++
    answer(response)
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(ids >= 0 ? 0 : 1))
