// The least that a webhook receiver can do: read the body, answer as we do. Nothing is looked at, nothing is kept.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './answer.ts'

const server = http.createServer((request, response) => {
  let body: Buffer | undefined
  request.on('data', (chunk: Buffer) => {
    body = body === undefined ? chunk : Buffer.concat([body, chunk])
  })
  request.on('end', () => answer(response))
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
