// node:http in, undici out, nothing durable: the call is made before the answer. argv: sink
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { answer } from './answer.ts'

const pool = new Pool(process.argv[2] ?? '', { connections: 64 })
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    let status = 502
    pool.dispatch(
      { path: '/stripe', method: 'POST', headers: ['content-type', 'application/json'], body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, code) => {
          status = code
        },
        onResponseData: () => undefined,
        onResponseEnd: () => {
          if (status < 300) return answer(response)
          response.writeHead(502, { 'content-length': '0' })
          response.end()
        },
        onResponseError: () => {
          response.writeHead(502, { 'content-length': '0' })
          response.end()
        },
      },
    )
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
