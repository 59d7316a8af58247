import { jsonAnswer, type ProviderAnswer } from '../provider.ts'
import { type Call, hrefOf } from './call.ts'
import { notFound, Refusal } from './refusal.ts'

export interface JobRecord {
  readonly id: string
  readonly doneAtMs: number
  /** What the request would have been answered at once. */
  readonly outcome: ProviderAnswer
}

const ROOT = '/services/rest/async/v1/job'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/**
 * `Prefer: respond-async`: the effect happens now and shows as done after a while. A key is good for one request; a repeat is refused and
 * told the job of the first one. docs.oracle.com …/subsect_164494900632.html
 */
export function submitted(call: Call, run: () => ProviderAnswer): ProviderAnswer {
  const { state, context, request } = call
  const key = request.headers['x-netsuite-idempotency-key']
  if (key !== undefined && !UUID.test(key))
    throw new Refusal(400, 'INVALID_HEADER', 'X-NetSuite-Idempotency-Key: use a UUID as defined by RFC 4122.')
  const before = key === undefined ? undefined : state.keys.get(key)
  const preferred = { 'preference-applied': 'respond-async' }
  if (before !== undefined) {
    state.repeats += 1
    const detail =
      'A request with the same idempotency key is already submitted. See the "Location" header for a link to the previously submitted job'
    const location = hrefOf(call, `${ROOT}/${before}`)
    return new Refusal(400, 'IDEMPOTENCY_ERROR', detail).answer({ ...preferred, location })
  }
  const id = call.nextId()
  state.jobs.set(id, { id, doneAtMs: context.nowMs + call.jobMs, outcome: refusedOr(run) })
  if (key !== undefined) state.keys.set(key, id)
  return { status: 202, headers: { ...preferred, location: hrefOf(call, `${ROOT}/${id}`) }, body: '' }
}

function refusedOr(run: () => ProviderAnswer): ProviderAnswer {
  try {
    return run()
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.answer()
    throw thrown
  }
}

/** `/job/7`, `/job/7/task/`, `/job/7/task/1`, `/job/7/task/1/result`: a job of one record has one task. */
export function job(call: Call, parts: readonly string[]): ProviderAnswer {
  const [id = '', word, task, result] = parts
  const found = call.state.jobs.get(id)
  if (found === undefined) throw notFound(`job ${id}`)
  const self = hrefOf(call, `${ROOT}/${id}`)
  const completed = call.context.nowMs >= found.doneAtMs
  const progress = !completed ? 'pending' : found.outcome.status < 300 ? 'succeeded' : 'failed'
  if (word === undefined) {
    const links = [{ rel: 'self', href: self }]
    return jsonAnswer(200, { links, completed, id, progress, task: { links: [{ rel: 'self', href: `${self}/task` }] } })
  }
  const links = [{ rel: 'self', href: `${self}/task/1` }]
  if (task === undefined || task === '') return jsonAnswer(200, { links: [], items: [{ links }], totalResults: 1 })
  if (task !== '1') throw notFound(`task ${task} of job ${id}`)
  if (result === undefined) return jsonAnswer(200, { links, completed, id: '1', progress })
  if (!completed) throw notFound(`result of job ${id}`)
  return found.outcome
}
