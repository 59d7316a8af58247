// Own process: providers, each an HTTP server that honours idempotency keys and takes a while. argv: ProviderPlan. Says `urls`, then `effects` by
// name of the stream. Told `bad` and `well` the last provider becomes so; told `report`, it says everything that it saw.
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from 'tieline/sandbox'
import { hash53 } from '../../src/core/hash.ts'
import { quantiles } from '../headline/quantiles.ts'
import { capacity } from './capacity.ts'
import { Marks } from './marks.ts'
import { type Call, now, type ProviderPlan } from './plan.ts'
import type { Seen, Waits } from './seen.ts'

const plan = JSON.parse(process.argv[2] ?? '') as ProviderPlan
const random = seededRandom(plan.seed)
const fate = seededRandom(plan.seed + 1)
let bad = false

class Effects {
  readonly marks = new Marks()
  /** A number for the key of each. */
  readonly keys: number[] = []
  readonly doubled = new Set<number>()
  repeats = 0
  readonly due: number[] = []
  readonly accepted: number[] = []
  readonly tenants = new Map<string, number[]>()

  add(key: string, { n, tenant, dueMs, acceptedMs }: Call): void {
    if (!this.marks.mark(n)) {
      if (this.keys[n] === hash53(key)) this.repeats++
      else this.doubled.add(n)
      return
    }
    const at = now()
    this.keys[n] = hash53(key)
    this.due.push(at - dueMs)
    this.accepted.push(at - acceptedMs)
    if (tenant === '') return
    const waits = this.tenants.get(tenant)
    if (waits === undefined) this.tenants.set(tenant, [at - acceptedMs])
    else waits.push(at - acceptedMs)
  }

  seen(): Seen {
    const { marks, doubled, repeats, due, accepted, tenants } = this
    const worstTenant = [...tenants.values()].map(quantiles).sort((a, b) => b.p99 - a.p99)[0]
    const waits: Waits = { acceptMs: quantiles(accepted), dueMs: quantiles(due), ...(worstTenant && { worstTenant }) }
    return { ...waits, effects: marks.count, doubled: doubled.size, repeats, marks: marks.text() }
  }
}

const effects = new Map<string, Effects>()

function effect(key: string, call: Call): void {
  let known = effects.get(call.name)
  if (known === undefined) {
    known = new Effects()
    effects.set(call.name, known)
  }
  known.add(key, call)
}

const BUSY = { 'content-type': 'application/json', 'retry-after': '1' }

interface Provider {
  readonly url: string
  readonly calls: number[]
  readonly breaches: number[]
}

async function serve(place: number): Promise<Provider> {
  const { delayMs, jitterMs, perSecond } = plan.providers[place]!
  const takes = perSecond > 0 ? capacity(perSecond) : () => true
  const last = place === plan.providers.length - 1
  const calls: number[] = []
  const breaches: number[] = []

  function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const at = now()
    calls.push(at)
    const busy = (): void => void response.writeHead(429, BUSY).end('{}')
    if (!takes(at)) {
      breaches.push(at)
      busy()
      return
    }
    if (bad && last && plan.bad !== undefined) {
      const luck = fate()
      if (luck < plan.bad.silent) return // until the caller has had enough
      if (luck < plan.bad.silent + plan.bad.busy) {
        busy()
        return
      }
    }
    const done = (): void => {
      effect(String(request.headers['idempotency-key']), JSON.parse(body) as Call)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }
    if (delayMs === 0) done()
    else setTimeout(done, delayMs + (random() * 2 - 1) * jitterMs)
  }

  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(request, Buffer.concat(chunks).toString(), response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, breaches }
}

const providers = await Promise.all(plan.providers.map((_, place) => serve(place)))
process.once('disconnect', () => process.exit(1))
process.on('message', (what) => {
  if (what === 'bad' || what === 'well') bad = what === 'bad'
  else
    process.send?.({
      report: {
        calls: providers.map(({ calls }) => calls),
        breaches: providers.map(({ breaches }) => breaches),
        seen: Object.fromEntries([...effects].map(([name, one]) => [name, one.seen()])),
      },
    })
})
setInterval(() => {
  process.send?.({ effects: Object.fromEntries([...effects].map(([name, { marks }]) => [name, marks.count])) })
}, 20)
process.send?.({ urls: providers.map(({ url }) => url) })
