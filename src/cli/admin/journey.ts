import type { History, TrailEntry } from '../../port/store.ts'
import { paint } from '../terminal/paint.ts'
import { printable, printableLines } from '../terminal/printable.ts'
import { relative } from '../terminal/relative.ts'
import { facts } from '../terminal/table.ts'

/** All that happened to one message in one flow, as the admin API gives it. */
export interface Journey extends Omit<History, 'body'> {
  /** Base64; absent once purged. */
  readonly body?: string
  /** The same as text, where it is text. */
  readonly text?: string
  /** Of the whole body; what is shown may be cut. */
  readonly bodyBytes?: number
}

const BODY_SHOWN = 4_000

export function journeysText(journeys: readonly Journey[], now: number): string {
  return journeys.map((journey) => journeyText(journey, now)).join('\n\n')
}

function journeyText(journey: Journey, now: number): string {
  const { fault } = journey
  const attempts = journey.state === 'pending' ? 'failed attempt' : 'attempt'
  const when = (at: number | undefined): string =>
    at === undefined ? '' : `${new Date(at).toISOString()} (${relative(at, now)})`
  const head = facts([
    ['work', printable(journey.work)],
    ['message', printable(`${journey.source} ${journey.id}`)],
    ['type', printable(journey.type)],
    ['flow', printable(journey.flow)],
    ['key', printable(journey.key)],
    ['state', journey.state],
    ['why', printable(journey.why ?? '')],
    ['fault', fault === undefined ? '' : printable(`${fault.code}: ${fault.message}`)],
    ['accepted', when(journey.acceptedAtMs)],
    ['settled', when(journey.settledAtMs)],
    ['runs again', when(journey.dueAtMs)],
    ['at work in', printable(journey.owner ?? '')],
    [
      'counted',
      `${of(journey.attempts, attempts)}, ${of(journey.crashes, 'crash', 'es')}, ${of(journey.replays, 'replay')}`,
    ],
    ...Object.entries(journey.attributes).map(([name, value]) => [printable(name), printable(value)] as const),
  ])
  const trail = journey.trail.map((entry) => trailText(entry))
  return [head, ...(trail.length === 0 ? [] : ['', ...trail]), ...bodyText(journey)].join('\n')
}

const of = (count: number, noun: string, plural = 's'): string => `${count} ${noun}${count === 1 ? '' : plural}`

function trailText({ atMs, what, step, why, fault }: TrailEntry): string {
  const cause = fault === undefined ? (why ?? '') : `${fault.code}: ${fault.message}`
  const parts = [paint.dim(new Date(atMs).toISOString()), what, step ?? '', cause]
  return parts
    .map((part, index) => (index === 0 ? part : printable(part)))
    .filter((part) => part !== '')
    .join('  ')
}

function bodyText({ body, text, bodyBytes = 0 }: Journey): readonly string[] {
  if (text === undefined)
    return body === undefined
      ? []
      : ['', paint.dim(`the body is not text, or large: ${bodyBytes} bytes; --json gives it as base64`)]
  const cut = text.length > BODY_SHOWN ? `\n${paint.dim(`… ${text.length - BODY_SHOWN} more; --json gives all`)}` : ''
  return ['', printableLines(text.slice(0, BODY_SHOWN)) + cut]
}
