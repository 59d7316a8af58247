import type { Status } from '../../engine/desk.ts'
import type { Admittance } from '../../engine/pressure/admittance.ts'
import type { RequestCounts } from './request-counts.ts'

/** Prometheus text exposition format, version 0.0.4. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const FLOWS = 1_000 // series at most; declared names are far fewer
/** The gateway answers nothing else. */
const CLASSES = [2, 4, 5] as const

export interface Measured {
  /** Absent while the store does not answer: what the gateway counts itself is still told. */
  readonly status: Status | undefined
  readonly requests: readonly RequestCounts[]
  readonly active: number
  readonly heldBytes: number
  readonly pressure: ReturnType<Admittance['facts']>
}

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

/**
 * All metrics. Names follow OpenTelemetry, written as its Prometheus exporter writes them: `tieline.messages.accepted` is
 * `tieline_messages_accepted_total`. Labels hold declared names and closed lists only.
 */
export function exposition({ status, requests, active, heldBytes, pressure }: Measured): string {
  const lines: string[] = []
  const family = (name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): void => {
    if (samples.length === 0) return
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const [labels, value] of samples) lines.push(`${name}${labelText(labels)} ${value}`)
  }
  if (status !== undefined) {
    const one = (value: number): readonly Sample[] => [[{}, value]]
    family(
      'tieline_messages_accepted_total',
      'counter',
      'Messages on disk since the store was made.',
      one(status.accepted),
    )
    family(
      'tieline_messages_duplicates_total',
      'counter',
      'Repeated messages that were recognised.',
      one(status.duplicates),
    )
    family('tieline_messages_delivered_total', 'counter', 'Work that reached its target.', one(status.delivered))
    family('tieline_messages_skipped_total', 'counter', 'Work that ended with a recorded skip.', one(status.skipped))
    family(
      'tieline_messages_discarded_total',
      'counter',
      'Dead letters that an operator discarded.',
      one(status.discarded),
    )
    family('tieline_messages_dead', 'gauge', 'Dead letters now.', one(status.dead))
    family(
      'tieline_messages_quarantined',
      'gauge',
      'Messages set aside now for a broken contract.',
      one(status.quarantined),
    )
    family('tieline_messages_leased', 'gauge', 'Work that runs now.', one(status.leased))
    family(
      'tieline_messages_oldest_age_seconds',
      'gauge',
      'Age of the oldest pending work.',
      one(status.oldestMs / 1_000),
    )
    family(
      'tieline_lanes_waiting',
      'gauge',
      'Lanes that wait for a retry or behind a dead letter.',
      one(status.waiting),
    )
    family(
      'tieline_messages_pending',
      'gauge',
      'Work not finished yet, by flow.',
      status.flows.slice(0, FLOWS).map(({ flow, pending }) => [{ flow }, pending]),
    )
    family('process_uptime_seconds', 'gauge', 'Time since the runtime started.', one(status.uptimeMs / 1_000))
  }
  const ready = status?.ready === true ? 1 : 0
  family('tieline_ready', 'gauge', '1 while the engine accepts and makes progress.', [[{}, ready]])
  family(
    'tieline_gateway_requests_total',
    'counter',
    'Requests answered, by source and class of status.',
    requests.flatMap(({ source, classes }) =>
      CLASSES.map((first): Sample => [{ source, status_class: `${first}xx` }, classes[first] ?? 0]),
    ),
  )
  family(
    'tieline_gateway_refusals_total',
    'counter',
    'Requests refused, by source and stable error code.',
    requests.flatMap(({ source, refusals }) => [...refusals].map(([code, n]): Sample => [{ source, code }, n])),
  )
  family(
    'tieline_gateway_shed_total',
    'counter',
    'Requests refused under pressure, by source and class; a part of the refusals.',
    pressure.shed.map(({ source, priority, requests }) => [{ source, class: priority }, requests]),
  )
  family('tieline_pressure_level', 'gauge', '0 all is well, 1 bulk is shed, 2 loud senders are slowed too.', [
    [{}, pressure.level],
  ])
  family('http_server_active_requests', 'gauge', 'Requests without an answer yet.', [[{}, active]])
  family('tieline_gateway_held_bytes', 'gauge', 'Bytes of bodies that arrive or are being stored.', [[{}, heldBytes]])
  return `${lines.join('\n')}\n`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}
