// Own process: the sandbox's CRM, 30 ms for a request of either kind. argv: requests it takes in an interval, milliseconds of the interval.
// Says `url`, then `requests`, `refused` (429), `deals` and the time of the last one; told anything, it says `created` and `distinct`.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { crm, idSource, seededRandom } from 'tieline/sandbox'
import { now } from '../badday/plan.ts'
import { REQUEST_MS } from './load.ts'

const [max, intervalMs] = process.argv.slice(2).map(Number)
const model = crm({ rate: { max: max ?? 0, intervalMs: intervalMs ?? 0, daily: 1e9 } })
const nextId = idSource(seededRandom(1))
let [requests, refused, deals, lastMs] = [0, 0, 0, 0]

function headersOf(request: http.IncomingMessage): Readonly<Record<string, string>> {
  const texts = Object.entries(request.headers).filter((one): one is [string, string] => typeof one[1] === 'string')
  return Object.fromEntries(texts)
}

function handle(request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): void {
  const { method = 'GET', url: path = '/' } = request
  requests++
  const asked = { method, path, query: '', headers: headersOf(request), body }
  const answer = model.handle(asked, { nowMs: now(), nextId })
  if (answer.status === 429) refused++
  else {
    deals += (JSON.parse(answer.body) as { readonly results?: readonly unknown[] }).results?.length ?? 0
    lastMs = now() + REQUEST_MS
  }
  setTimeout(() => response.writeHead(answer.status, answer.headers).end(answer.body), REQUEST_MS)
}

const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => handle(request, Buffer.concat(chunks), response))
})
process.once('disconnect', () => process.exit(1))
process.on('message', () => {
  const created = model.ledger().effects.filter(({ kind, type }) => kind === 'created' && type === 'deals')
  const distinct = new Set(created.map(({ keys }) => keys['payment_id']))
  process.send?.({ created: created.length, distinct: distinct.size })
})
setInterval(() => process.send?.({ requests, refused, deals, lastMs }), 20)
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
