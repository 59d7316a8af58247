import { deepFreeze } from '../../core/freeze.ts'
import type { FaultTable } from '../target/operation.ts'

/** What statuses mean where a provider says nothing else. The last word of every provider's own table. */
export const HTTP_FAULTS: FaultTable = deepFreeze({
  source: 'https://www.rfc-editor.org/rfc/rfc9110.html#name-status-codes',
  rows: [
    { status: 401, means: 'credential', why: 'the credential is missing, wrong or expired (section 15.5.2)' },
    { status: 407, means: 'credential', why: 'the proxy asks for a credential (section 15.5.8)' },
    { status: 408, means: 'retry', why: 'the server did not get the request in time (section 15.5.9)' },
    {
      status: 421,
      means: 'retry',
      why: 'the wrong server was asked; another connection may reach the right one (section 15.5.20)',
    },
    { status: 423, means: 'retry', why: 'the resource is locked for now (RFC 4918 section 11.3)' },
    { status: 425, means: 'retry', why: 'too early in the connection (RFC 8470 section 5.2)' },
    { status: 429, means: 'retry-after', why: 'too many requests (RFC 6585 section 4)' },
    { status: 501, means: 'stop', why: 'the server does not know the method (section 15.6.2)' },
    { status: 503, means: 'retry-after', why: 'overloaded or in maintenance (section 15.6.4)' },
    { status: 505, means: 'stop', why: 'the server does not speak this version of HTTP (section 15.6.6)' },
    { status: '4xx', means: 'stop', why: 'the request itself is refused (section 15.5)' },
    { status: '5xx', means: 'retry', why: 'the server failed at a request that seems good (section 15.6)' },
  ],
})
