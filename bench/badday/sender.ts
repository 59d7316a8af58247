// Own process: CloudEvents at a steady rate, whatever the receiver does. A refused request is sent again when its Retry-After says, as often as the
// plan allows; others go on. No request waits longer than 10 s for its answer. Each stream has keep-alive connections of its own. argv: SenderPlan.
// Told `stop` it makes no more; told a number, a closed plan makes so many events in all. Says `made`, then `sent`.
import { Pool } from 'undici'
import { Marks } from './marks.ts'
import { now, type SenderPlan, type Sent, type Stream, type Work } from './plan.ts'

const ANSWER_MS = 10_000
const AGAIN_MS = 1_000
/** What is under way when it is stopped may take so long. */
const PATIENCE_MS = 15_000

const plan = JSON.parse(process.argv[2] ?? '') as SenderPlan
const run = `${process.pid}${Date.now().toString(36)}`
const RATE = plan.streams.reduce((sum, { perSecond }) => sum + perSecond, 0)
const padding = 'x'.repeat(200)
const beganMs = now()
let credit = 0
let stopped = false

interface Batch {
  readonly tally: Tally
  readonly first: number
  readonly events: number
  readonly dueMs: number
  attempts: number
}

interface Tally {
  readonly name: string
  made: number
  unsent: number
  givenUp: number
  readonly answers: Record<string, number>
  readonly accepted: Marks
}

const tallies = new Map<string, Tally>()

function tallyOf(name: string): Tally {
  const known = tallies.get(name)
  if (known !== undefined) return known
  const tally = { name, made: 0, unsent: 0, givenUp: 0, answers: {}, accepted: new Marks() }
  tallies.set(name, tally)
  return tally
}

/** One kind of sender. */
class Sender {
  readonly #stream: Stream
  readonly #pool: Pool
  readonly #ready: Batch[] = []
  #requests = 0
  #under = 0
  readonly #later = new Set<Batch>()

  constructor(stream: Stream) {
    this.#stream = stream
    this.#pool = new Pool(plan.url, {
      connections: plan.connections,
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
    })
  }

  get busy(): boolean {
    return this.#ready.length + this.#under + this.#later.size > 0
  }

  /** Makes what is due. */
  make(): void {
    const { perSecond, batch } = this.#stream
    const events = plan.closed ? (credit * perSecond) / RATE : ((now() - beganMs) * perSecond) / 1_000
    const due = Math.floor(events / batch)
    while (!stopped && this.#requests < due) {
      const dueMs = plan.closed ? now() : beganMs + ((this.#requests + 1) * batch * 1_000) / perSecond
      this.#ready.push(this.#batch(dueMs))
      this.#requests++
    }
    if (stopped) this.#drop()
    while (this.#under < plan.connections) {
      const next = this.#ready.shift()
      if (next === undefined) return
      void this.#send(next)
    }
  }

  /** It is stopped: only what is under way comes to its end. */
  #drop(): void {
    const left = [...this.#ready.splice(0), ...this.#later]
    this.#later.clear()
    for (const { tally, events, attempts } of left) tally[attempts === 0 ? 'unsent' : 'givenUp'] += events
  }

  #batch(dueMs: number): Batch {
    const { name, batch } = this.#stream
    const tally = tallyOf(dueMs - beganMs < plan.warmUpSeconds * 1_000 ? `warm-up ${name}` : name)
    const first = tally.made
    tally.made += batch
    return { tally, first, events: batch, dueMs, attempts: 0 }
  }

  /** Made when it is sent: what waits for a connection may be a lot. */
  #body({ tally, first, events, dueMs }: Batch): string {
    const { name, type, keys, tenants } = this.#stream
    const all = Array.from({ length: events }, (_, i) => {
      const n = first + i
      const tenant = tenants === 0 ? '' : `${name}-${n % tenants}`
      const key = `${tenant === '' ? name : tenant}-${Math.floor(n / Math.max(1, tenants)) % keys}`
      const data: Work & { readonly padding: string } = { name: tally.name, n, key, tenant, dueMs, padding }
      const id = `${run}-${tally.name.replaceAll(' ', '-')}-${n}`
      return { specversion: '1.0', id, source: 'bench', type, subject: key, ...(tenant && { tenant }), data }
    })
    return JSON.stringify(all)
  }

  async #send(batch: Batch): Promise<void> {
    const { answers, accepted } = batch.tally
    this.#under++
    batch.attempts++
    let [answer, againMs] = ['no answer', AGAIN_MS]
    try {
      const { statusCode, headers, body } = await this.#pool.request({
        method: 'POST',
        path: this.#stream.path,
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: this.#body(batch),
      })
      const text = await body.text()
      answer = String(statusCode)
      if (statusCode >= 400) {
        const { code = '', reason = '' } = JSON.parse(text) as { readonly code?: string; readonly reason?: string }
        answer = `${statusCode} ${code} ${reason}`.trim()
        againMs = Number(headers['retry-after'] ?? 1) * 1_000
      } else for (let n = batch.first; n < batch.first + batch.events; n++) accepted.mark(n)
    } catch {
      // cut, or no answer in time: the same events are sent again, with the same ids
    }
    answers[answer] = (answers[answer] ?? 0) + 1
    this.#under--
    if (answer === '202' || answer === '200') return
    if (stopped || batch.attempts >= plan.attempts) {
      batch.tally.givenUp += batch.events
      return
    }
    this.#later.add(batch)
    setTimeout(() => this.#later.delete(batch) && this.#ready.unshift(batch), againMs)
  }
}

const senders = plan.streams.map((stream) => new Sender(stream))
let endsMs = beganMs + plan.seconds * 1_000
process.once('disconnect', () => process.exit(1))
process.on('message', (what) => {
  if (typeof what === 'number') credit = what
  else endsMs = now()
})
const made = (): Record<string, number> => Object.fromEntries([...tallies.values()].map((one) => [one.name, one.made]))
const saying = setInterval(() => process.send?.({ made: made() }), 50)
const clock = setInterval(() => {
  stopped = now() >= endsMs
  for (const sender of senders) sender.make()
  if (!stopped || (senders.some(({ busy }) => busy) && now() < endsMs + PATIENCE_MS)) return
  clearInterval(clock)
  clearInterval(saying)
  const sent = [...tallies.values()].map(({ name, made: all, unsent, givenUp, answers, accepted }): [string, Sent] => [
    name,
    { made: all, unsent, accepted: accepted.count, givenUp, answers, marks: accepted.text() },
  ])
  process.send?.({ made: made(), sent: Object.fromEntries(sent) })
}, 1)
