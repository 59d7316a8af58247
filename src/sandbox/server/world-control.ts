import { TielineError } from '../../core/error.ts'
import type { Expected } from '../judge/expected.ts'
import { EXPECTED } from '../judge/expected.ts'
import type { Sent, Verdict } from '../judge/sent.ts'
import type { Traffic, TrafficOptions } from '../traffic/traffic.ts'
import type { Controls } from './control.ts'

export interface World {
  readonly start: (options: Omit<TrafficOptions, 'paymentsUrl' | 'clock'>) => Traffic
  readonly runs: readonly Traffic[]
  readonly sent: () => Sent
  readonly verdict: (expected?: Expected) => Verdict
  readonly counts: () => Counts
}

/** What the ledgers of the three systems hold. */
export interface Counts {
  /** Customers at the payments provider that came from a sign-up. */
  readonly customers: number
  readonly contacts: number
  readonly deals: number
  /** Business events that the app was told. */
  readonly told: number
  /** Webhooks of the payments provider that are not acknowledged yet. */
  readonly webhooks: number
}

/**
 * Controls of the app's server that are about all three systems.
 *
 * | request | does |
 * | --- | --- |
 * | `POST /_sandbox/traffic` | starts traffic: `{eventsUrl, eventHeaders?, signups?, payments?, refundShare?, customers?, perSecond?, concurrency?, seed?, run?}` |
 * | `GET /_sandbox/traffic` | the progress of each run |
 * | `GET /_sandbox/sent` | what was sent |
 * | `GET /_sandbox/counts` | how many of each the ledgers hold |
 * | `POST /_sandbox/verdict` | judges; the body says what is expected where, as `Expected`, and may be empty |
 */
export function worldControls({ start, runs, sent, verdict, counts }: World): Controls {
  return {
    'POST /_sandbox/traffic': (body) => start(trafficOptions(body)).progress(),
    'GET /_sandbox/traffic': () => runs.map((run) => run.progress()),
    'GET /_sandbox/sent': () => sent(),
    'GET /_sandbox/counts': () => counts(),
    'POST /_sandbox/verdict': (body) => verdict(expectedOf(body)),
  }
}

function trafficOptions(body: unknown): Omit<TrafficOptions, 'paymentsUrl' | 'clock'> {
  const fields = fieldsOf(body)
  const { eventsUrl, eventHeaders = {} } = fields
  if (typeof eventsUrl !== 'string' || !/^https?:$/.test(URL.parse(eventsUrl)?.protocol ?? '')) {
    throw new TielineError('REQUEST_INVALID', 'eventsUrl: expected an http or https address')
  }
  const headers = Object.entries(fieldsOf(eventHeaders))
  if (!headers.every((header): header is [string, string] => typeof header[1] === 'string')) {
    throw new TielineError('REQUEST_INVALID', 'eventHeaders: expected an object of texts')
  }
  for (const own of ['paymentsUrl', 'paymentsKey', 'clock']) {
    if (Object.hasOwn(fields, own)) throw new TielineError('REQUEST_INVALID', `${own}: the sandbox sets it`)
  }
  return { ...fields, eventsUrl, eventHeaders: Object.fromEntries(headers) }
}

/** The parts that are given replace the usual ones; `null` leaves a part out. */
function expectedOf(body: unknown): Expected {
  if (body === undefined) return EXPECTED
  const given = Object.entries(fieldsOf(body)).map(([part, value]) => {
    if (!Object.hasOwn(EXPECTED, part)) {
      throw new TielineError('REQUEST_INVALID', `${part}: expected one of ${Object.keys(EXPECTED).join(', ')}`)
    }
    return [part, value === null ? undefined : { ...EXPECTED[part as keyof Expected], ...fieldsOf(value) }]
  })
  return { ...EXPECTED, ...Object.fromEntries(given) }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new TielineError('REQUEST_INVALID', 'expected a JSON object')
}
