import { TielineError } from '../../../core/error.ts'
import type { Idempotency, Operation, ResponseParts } from '../../../declare/target/operation.ts'
import { isObject, listOf, objectOf, unexpected } from '../http/json.ts'
import { path } from '../http/path.ts'
import { idOf, isError, lastOf, type Written, writtenOf } from './answer.ts'
import { type Call, READ } from './call.ts'
import { type Sequence, sequence } from './sequence.ts'
import { uuidOf } from './uuid.ts'

/** A request that NetSuite works off in its own time. */
export interface Job {
  readonly job: string
}

export interface JobStatus {
  readonly completed: boolean
  /** NetSuite's word: `pending`, `processing`, `succeeded`, `failed`. */
  readonly progress: string
}

export interface Jobs {
  readonly status: Operation<Job, JobStatus>
  /** The parts of the job; a submitted record has one. */
  readonly tasks: Operation<Job, readonly string[]>
  /** The answer that the request would have had at once. */
  readonly outcome: Operation<Job & { readonly task: string }, Written>
  /**
   * The record that the job made. While it is not done: PROVIDER_BUSY with a pause of 5 s, so that a saga step waits in the store.
   * What NetSuite refused in the job is refused here, by the same table of faults.
   */
  readonly result: Sequence<Job, Written>
}

const KEY: Idempotency = Object.freeze({ by: 'header', name: 'X-NetSuite-Idempotency-Key' })
const ROOT = '/services/rest/async/v1/job'
const POLL_MS = 5_000

/**
 * POST with `Prefer: respond-async`, the only kind of request for which NetSuite honours an idempotency key. The key is a UUID; one request is
 * executed for each, and a repeat is answered 400 IDEMPOTENCY_ERROR with the Location of the job that was submitted first. How long a
 * key is kept, and whether a repeat with another body is noticed, is not documented. The UUID is made of our key and the record type.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_164494900632.html, …/chapter_161251386312.html and the
 * description of the header in the REST API Browser.
 */
export function submitOperation<F extends object>(call: Call, type: string, root: string): Operation<F, Job> {
  return call<F, Job>({
    name: `${type}.submit`,
    idempotency: KEY,
    method: 'POST',
    path: () => root,
    headers: (_, { idempotencyKey }) => ({
      prefer: 'respond-async',
      'x-netsuite-idempotency-key': uuidOf(`${type}:${idempotencyKey}`),
      'x-netsuite-propertynamevalidation': 'Error',
    }),
    body: (fields) => fields,
    response: jobOf,
    repeated: (response) => isError(response, 400, 'IDEMPOTENCY_ERROR') && response.headers['location'] !== undefined,
  })
}

/** The job of a 202, or of the answer to a repeat. @throws {TielineError} PROVIDER_ANSWER without one */
export function jobOf({ headers }: ResponseParts): Job {
  return { job: lastOf(headers['location'], /\/async\/v1\/job\/([^/?#]+)\/?$/, 'Location of a job') }
}

export function jobOperations(call: Call): Jobs {
  const status = call<Job, JobStatus>({
    name: 'jobs.status',
    idempotency: READ,
    method: 'GET',
    path: ({ job }) => ROOT + path`/${job}`,
    response: (response) => {
      const { completed, progress } = objectOf(response)
      if (typeof completed !== 'boolean') throw unexpected('the answer does not say whether the job is completed')
      return { completed, progress: typeof progress === 'string' ? progress : '' }
    },
  })
  const tasks = call<Job, readonly string[]>({
    name: 'jobs.tasks',
    idempotency: READ,
    method: 'GET',
    path: ({ job }) => ROOT + path`/${job}/task/`,
    response: (response) => listOf(objectOf(response), 'items').map(idOf),
  })
  const outcome = call<Job & { readonly task: string }, Written>({
    name: 'jobs.outcome',
    idempotency: READ,
    method: 'GET',
    path: ({ job, task }) => ROOT + path`/${job}/task/${task}/result`,
    response: (response) => {
      if (response.headers['location'] !== undefined || response.text === '') return writtenOf(response)
      const record = response.json()
      if (!isObject(record)) throw unexpected('the result of the job is not a record')
      return { id: idOf(record) }
    },
  })
  const result = sequence<Job, Written>([status, tasks, outcome], async ({ job }, context) => {
    const { completed, progress } = await status({ job }, context)
    if (!completed) {
      throw new TielineError('PROVIDER_BUSY', `job ${job} is ${progress || 'not done'}`, { retryAfterMs: POLL_MS })
    }
    const [task] = await tasks({ job }, context)
    if (task === undefined) throw unexpected(`job ${job} has no task`)
    return outcome({ job, task }, context)
  })
  return Object.freeze({ status, tasks, outcome, result })
}
