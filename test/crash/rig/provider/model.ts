import { CALLS, type Call, type Called, type EventData, type Ledger } from '../ledger.ts'

export interface CallRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

export interface CallAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A provider that honours `Idempotency-Key`: the first request with a key has an effect, repeats get its answer. Everything is written down. */
export interface Model {
  handle(request: CallRequest): { readonly called: Called | undefined; readonly answer: CallAnswer }
}

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' })

export function createModel(ledger: Ledger<Called>): Model {
  const made = new Map<string, string>()
  let count = 0
  return {
    handle: ({ path, headers, body }) => {
      const call = CALLS.find((name) => path === `/${name}`)
      const key = headers['idempotency-key']
      if (call === undefined) return { called: undefined, answer: { status: 404, headers: {}, body: '' } }
      const effect = typeof key === 'string' ? key : null
      const known = effect === null ? undefined : made.get(effect)
      const id = known ?? `${call}-${++count}`
      if (effect !== null) made.set(effect, id)
      const called: Called = {
        ...read(call, body),
        effect,
        first: known === undefined,
        id,
        process: Number(headers['x-process']),
        atMs: Date.now(),
      }
      ledger.append(called)
      return { called, answer: { status: 200, headers: JSON_HEADERS, body: JSON.stringify({ id }) } }
    },
  }
}

function read(call: Call, body: Uint8Array): EventData & Pick<Called, 'call' | 'after'> {
  const { event, key, seq, after } = JSON.parse(Buffer.from(body).toString('utf8')) as EventData & { after?: string }
  return { call, event, key, seq, after: after ?? null }
}
