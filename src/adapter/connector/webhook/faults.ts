import { deepFreeze } from '../../../core/freeze.ts'
import type { FaultTable } from '../../../declare/target/operation.ts'

/** Anything but 2xx is a failure and is tried again on a schedule; only 410 says never again. */
export const WEBHOOK_FAULTS: FaultTable = deepFreeze({
  source:
    'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#delivery-success-and-failure',
  rows: [
    { status: 401, means: 'credential', why: 'the receiver does not take our signature (RFC 9110 section 15.5.2)' },
    { status: 410, means: 'stop', why: 'the receiver wants no more: stop sending to this address' },
    { status: 429, means: 'retry-after', why: 'the receiver asks for a slower rate' },
    { status: 502, means: 'retry-after', why: 'the receiver is under load' },
    { status: 503, means: 'retry-after', why: 'the receiver is under load' },
    { status: 504, means: 'retry-after', why: 'the receiver is under load' },
    { status: '4xx', means: 'retry', why: 'the receiver did not take it' },
    { status: '5xx', means: 'retry', why: 'the receiver did not take it' },
  ],
})
