import type { Contract } from '../../../declare/contract/contract.ts'
import { envelope } from '../../../declare/source/envelope.ts'
import { eventObject, eventText, malformed, timeAttribute } from '../../../declare/source/event-field.ts'
import type { ReadRequest, SourceEvent } from '../../../declare/source/source.ts'

/** What every event has. Source: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide. */
export interface HubspotEvent {
  readonly eventId: number
  readonly subscriptionId: number
  readonly portalId: number
  readonly appId?: number
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  readonly subscriptionType: string
  readonly attemptNumber?: number
  readonly objectId?: number
  readonly objectTypeId?: string
  readonly changeSource?: string
}

interface OfRecord extends HubspotEvent {
  readonly objectId: number
}

export interface PropertyChange extends OfRecord {
  readonly propertyName: string
  readonly propertyValue: string
}

export interface Merge extends OfRecord {
  readonly primaryObjectId: number
  readonly mergedObjectIds: readonly number[]
}

export interface AssociationChange extends HubspotEvent {
  readonly associationType: string
  readonly fromObjectId: number
  readonly toObjectId: number
  readonly associationRemoved: boolean
}

type Kind = 'contact' | 'company' | 'deal' | 'ticket' | 'product' | 'line_item' | 'object'
type About<K extends string, E> = { readonly [T in K]: E }

/** What `.on(type)` gives. */
export type HubspotEvents = About<
  `${Kind}.${'creation' | 'deletion' | 'restore'}` | 'contact.privacyDeletion',
  OfRecord
> &
  About<`${Kind}.propertyChange`, PropertyChange> &
  About<`${Kind}.merge`, Merge> &
  About<`${Kind}.associationChange`, AssociationChange>

/** `subscriptionType`, `occurredAt`, `eventId` and `subscriptionId` are read before; this is the rest. */
export const HUBSPOT_EVENT: Contract<unknown> = envelope('hubspot-event', {
  eventId: 'number',
  subscriptionId: 'number',
  portalId: 'number',
  occurredAt: 'number',
  subscriptionType: 'text',
})

/**
 * The events of a request: an array of up to 100. An event id alone is not unique; with its subscription and time it is.
 * @throws {TielineError} BODY_MALFORMED naming the event and the field
 */
export function readHubspotEvents({ body }: ReadRequest): readonly SourceEvent[] {
  if (!Array.isArray(body)) throw malformed('the body is not an array of events')
  return body.map((element: unknown, i) => {
    const event = eventObject(element)
    const part = (field: string): string => whole(event[field], `event ${i}, ${field}`)
    const subject = event['objectId'] ?? event['fromObjectId']
    return {
      id: `${part('eventId')}-${part('subscriptionId')}-${part('occurredAt')}`,
      type: eventText(event['subscriptionType'], `event ${i}, subscriptionType`),
      attributes: {
        ...timeAttribute(event['occurredAt']),
        ...(typeof subject === 'number' && { subject: String(subject) }),
      },
      data: event,
      raw: new TextEncoder().encode(JSON.stringify(event)),
    }
  })
}

/** Ids and times come as numbers; text is taken as well. */
function whole(value: unknown, field: string): string {
  return typeof value === 'number' ? String(value) : eventText(value, field)
}
