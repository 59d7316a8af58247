import { deepFreeze } from '../../../core/freeze.ts'
import type { FaultTable } from '../../../declare/target/operation.ts'

/** What Stripe's statuses mean for a call that is repeated with the same idempotency key. */
export const STRIPE_FAULTS: FaultTable = deepFreeze({
  source: 'https://docs.stripe.com/api/errors and https://docs.stripe.com/error-low-level',
  rows: [
    {
      status: 400,
      code: 'idempotency_error',
      means: 'stop',
      why: 'the idempotency key was used with other parameters',
    },
    { status: 400, means: 'stop', why: 'a parameter is missing or invalid' },
    { status: 401, means: 'credential', why: 'no valid API key' },
    { status: 402, means: 'stop', why: 'the parameters are valid, the payment failed' },
    { status: 403, means: 'credential', why: 'the API key lacks the permission' },
    { status: 404, means: 'stop', why: 'no such object' },
    { status: 408, means: 'retry', why: 'the request did not arrive in time (RFC 9110 section 15.5.9)' },
    {
      status: 409,
      code: 'idempotency_error',
      means: 'stop',
      why: 'the idempotency key was used with other parameters',
    },
    { status: 409, means: 'retry', why: 'another request with this key or on this object is at work' },
    { status: 424, means: 'retry', why: 'a system behind Stripe failed' },
    { status: 429, code: 'lock_timeout', means: 'retry', why: 'another request holds the object' },
    { status: 429, means: 'retry-after', why: 'too many requests' },
    { status: '4xx', means: 'stop', why: 'Stripe refuses the request' },
    { status: '5xx', means: 'retry', why: 'Stripe failed' },
  ],
})
