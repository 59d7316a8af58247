// Own process: a provider that honours idempotency keys. The first call with a key has an effect, every other is answered and counted.
// A second key for the same payment would double its effect. GET /tally?run&sent says what it saw. POST /measure?ms sets the end of the load.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { quantiles } from './quantiles.ts'

/** Milliseconds since 1970, finer than Date.now and the same in every process of this machine. */
const now = (): number => performance.timeOrigin + performance.now()

const keyOf = new Map<string, string>()
const doubled = new Set<string>()
const waits: number[] = []
const times: number[] = []
let repeats = 0

function call(key: string, { dealname, due_ms }: { readonly dealname: string; readonly due_ms: string }): void {
  const known = keyOf.get(dealname)
  if (known === key) repeats++
  else if (known !== undefined) doubled.add(dealname)
  else {
    const at = now()
    keyOf.set(dealname, key)
    times.push(at)
    waits.push(at - Number(due_ms))
  }
}

/** Events 1 to `sent` of a run against what had an effect. */
function tally(run: string, sent: number, loadEndedMs: number): unknown {
  let lost = 0
  for (let n = 1; n <= sent; n++) if (!keyOf.has(`Payment pi_${run}${n}`)) lost++
  const inTime = times.filter((at) => at <= loadEndedMs).length
  const lastMs = times.reduce((last, at) => Math.max(last, at), 0)
  return { effects: keyOf.size, lost, doubled: doubled.size, repeats, inTime, lastMs, ms: quantiles(waits) }
}

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://provider')
    const answer = (body: unknown): void => void response.end(JSON.stringify(body))
    if (pathname === '/tally') {
      return answer(
        tally(searchParams.get('run') ?? '', Number(searchParams.get('sent')), Number(searchParams.get('ended'))),
      )
    }
    call(String(request.headers['idempotency-key']), JSON.parse(Buffer.concat(chunks).toString()))
    answer({})
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
