import {
  breaker,
  bulkhead,
  cloudEvents,
  contract,
  flow,
  policy,
  rateLimit,
  retry,
  retryBudget,
  target,
  timeout,
} from 'tieline'
import { http } from 'tieline/http'
import { z } from 'zod'

export const BANK_URL = 'https://bank.test'
export const MAIL_URL = 'https://mail.test'
/** The sender. A CloudEvent is known by its source and id together. */
export const WORKS = '/works'
/** Calls a second that the bank takes. */
export const LIMIT = 10
/** Retries in process for each call. */
export const RATIO = 0.1

const Job = contract('job', {
  version: 1,
  schema: z.looseObject({ id: z.string() }),
  key: (job) => job.id,
})
type Job = { id: string }

const jobs = cloudEvents({ name: 'jobs' })

const bank = http('bank', {
  baseUrl: BANK_URL,
  policy: policy(
    bulkhead(3),
    retry({ attempts: 6, base: '100ms', max: '500ms', budget: retryBudget({ ratio: RATIO, minPerSecond: 0 }) }),
    rateLimit({ limit: LIMIT, per: '1s' }),
    breaker({ failures: 10, within: '10s', halfOpenAfter: '5s', probes: 1 }),
    timeout('4s'),
  ),
})
const mail = http('mail', { baseUrl: MAIL_URL, policy: policy(timeout('4s')) })

/** Who asks travels with the call. */
export interface Asked {
  readonly flow: string
  readonly message: string
}

/** Everything that has a gate: many at once, so that its limits are felt. */
export const payments = flow('payments', {
  from: jobs.on('payment', Job),
  key: (job: Job) => job.id,
  to: target('pay', {
    call: bank.post<Asked>('/pay', { name: 'pay' }),
    with: (_: Job, { id }) => ({ flow: 'payments', message: `${WORKS} ${id}` }),
  }),
  retry: { attempts: 30, base: '500ms', max: '5s' },
})

/** One slot and two tenants. */
export const letters = flow('letters', {
  from: jobs.on('letter', Job),
  key: (job: Job) => job.id,
  concurrency: 1,
  to: target('send', {
    call: mail.post<Asked>('/send', { name: 'send' }),
    with: (_: Job, { id }) => ({ flow: 'letters', message: `${WORKS} ${id}` }),
  }),
  retry: { attempts: 30, base: '500ms', max: '5s' },
})
