import type { Credential } from '../../../declare/credential/credential.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { RateSpec } from '../../../declare/source/rate.ts'
import { type Endpoint, endpoint, type Source, source } from '../../../declare/source/source.ts'
import type { Connector } from '../../../declare/target/operation.ts'
import { type Auth, bearer, bearerToken } from '../http/auth.ts'
import { type Calling, connector, invalid } from '../http/connector.ts'
import { HUBSPOT_EVENT, type HubspotEvent, type HubspotEvents, readHubspotEvents } from './event.ts'
import { HUBSPOT_FAULTS } from './faults.ts'
import {
  COMPANY_NAMES,
  CONTACT_NAMES,
  type CompanyFields,
  type ContactFields,
  DEAL_NAMES,
  type DealFields,
} from './fields.ts'
import { type Associations, type CrmObject, hubspotOperations } from './objects.ts'
import { hubspotQuota } from './quota.ts'

interface Named {
  /** Path `/in/<name>` of its events, and the connector's name. Default `hubspot`. */
  readonly name?: string
}

/** To receive events. */
export interface HubspotReceiving extends Named {
  /** The app's client secret; while rotating, its two newest values are both good. */
  readonly webhookSecret: SecretRef
  /** What HubSpot calls, as far as the path: `https://hooks.example.com`. It is part of what HubSpot signs. Default: the gateway's. */
  readonly publicUrl?: string
  /** Older and younger signatures are refused. Milliseconds. Default 300 000. */
  readonly toleranceMs?: number
  /** Larger bodies are answered 413. Bytes. Default 1 MiB. */
  readonly maxBytes?: number
  /** More is answered 429: `{ limit: 200, per: '1s' }`. Default: as much as the store takes. */
  readonly rate?: RateSpec
}

interface Api extends Named, Calling {
  /** Default `https://api.hubapi.com`. */
  readonly baseUrl?: string
}

/** To call the API. */
export type HubspotCalling =
  /** A private app's token, or an OAuth access token that somebody else renews. */
  | (Api & { readonly token: SecretRef; readonly credential?: undefined })
  /** OAuth 2.0: the access token is fetched and renewed. */
  | (Api & { readonly credential: Credential; readonly token?: undefined })

export interface HubspotSources {
  readonly endpoint: Endpoint
  /** Events of one subscription type. */
  on<T extends keyof HubspotEvents>(type: T): Source<HubspotEvents[T]>
  /** Events of a type that `on` does not know yet. */
  other(type: string): Source<HubspotEvent>
  /** Events of every type. */
  any(): Source<HubspotEvent>
}

export interface HubspotOperations {
  readonly connector: Connector
  readonly contacts: CrmObject<ContactFields>
  readonly companies: CrmObject<CompanyFields>
  readonly deals: CrmObject<DealFields>
  readonly associations: Associations
}

/**
 * HubSpot: its CRM with `token` or `credential`, its events with `webhookSecret`.
 * `const crm = hubspot({ token: secret('HUBSPOT_TOKEN') }); crm.deals.upsert({ by: 'payment_id', id: 'pi_1', stage: 'closedwon' }, call)`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function hubspot(options: HubspotReceiving & HubspotCalling): HubspotSources & HubspotOperations
export function hubspot(options: HubspotReceiving): HubspotSources
export function hubspot(options: HubspotCalling): HubspotOperations
export function hubspot(
  options: Partial<HubspotReceiving & HubspotCalling>,
): Partial<HubspotSources & HubspotOperations> {
  const { name = 'hubspot', webhookSecret, token, credential } = options
  if (token !== undefined && credential !== undefined) throw invalid(name, 'name a credential or a token, not both')
  const auth = token !== undefined ? bearer(token) : credential !== undefined ? bearerToken : undefined
  return Object.freeze({
    ...(webhookSecret === undefined ? undefined : sources(name, webhookSecret, options)),
    ...(auth === undefined ? undefined : operations(name, auth, options)),
  })
}

function operations(name: string, auth: Auth, options: Partial<HubspotCalling>): HubspotOperations {
  const { baseUrl = 'https://api.hubapi.com', quota = hubspotQuota } = options
  const target = connector({ ...options, name, baseUrl, secrets: auth.secrets, faults: HUBSPOT_FAULTS, quota })
  const { crmObject, associations } = hubspotOperations(target, auth)
  return {
    connector: target,
    contacts: crmObject('contacts', CONTACT_NAMES),
    companies: crmObject('companies', COMPANY_NAMES),
    deals: crmObject('deals', DEAL_NAMES),
    associations,
  }
}

function sources(name: string, secret: SecretRef, options: Partial<HubspotReceiving>): HubspotSources {
  const { publicUrl, toleranceMs, maxBytes, rate } = options
  const from = endpoint({
    name,
    scheme: 'hubspot-v3',
    secret,
    read: readHubspotEvents,
    rate,
    envelope: HUBSPOT_EVENT,
    ...(publicUrl === undefined ? undefined : { publicUrl }),
    ...(toleranceMs === undefined ? undefined : { toleranceMs }),
    ...(maxBytes === undefined ? undefined : { maxBytes }),
  })
  return {
    endpoint: from,
    on: (type) => source({ endpoint: from, type }),
    other: (type) => source({ endpoint: from, type }),
    any: () => source({ endpoint: from, type: '*' }),
  }
}
