import type { SourceEvent } from '../../declare/source/source.ts'

/** W3C Trace Context, section 3.2.2: version `ff` and all-zero ids are invalid; a version above 00 may be longer. */
const TRACEPARENT =
  /^(?:00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}|(?!00|ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\x21-\x7e]{0,256})?)$/

function isTraceparent(value: string): boolean {
  return TRACEPARENT.test(value)
}

/**
 * Gives the events of a request the trace context of its header, as the CloudEvents attribute `traceparent`. An event's own context
 * stays: it began at the producer. An invalid one counts as none (section 3.2.2.3: the trace starts anew).
 */
export function withTrace(events: readonly SourceEvent[], header: unknown): readonly SourceEvent[] {
  const traceparent = typeof header === 'string' && isTraceparent(header) ? header : undefined
  return events.map((event) => {
    const own = event.attributes['traceparent']
    if (own !== undefined && isTraceparent(own)) return event
    const { traceparent: _, ...attributes } = event.attributes
    return { ...event, attributes: traceparent === undefined ? attributes : { ...attributes, traceparent } }
  })
}
