import type { Credential } from '../../../declare/credential/credential.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { Connector, Operation } from '../../../declare/target/operation.ts'
import { bearer, bearerToken } from '../http/auth.ts'
import { type Calling, connector, invalid } from '../http/connector.ts'
import type { Json } from '../http/json.ts'
import type { Api } from './call.ts'
import { type Composed, type CompositeSpec, compositeOf } from './composite.ts'
import { SALESFORCE_FAULTS } from './faults.ts'
import type { AccountFields, ContactFields, LeadFields, OpportunityFields } from './fields.ts'
import { objectOfType, type SalesforceObject } from './objects.ts'
import { type Page, type Query, queryOf } from './query.ts'
import { salesforceQuota } from './quota.ts'

interface Common extends Calling {
  /** The connector's name. Default `salesforce`. */
  readonly name?: string
  /** Your organization's own address: `https://example.my.salesforce.com`. */
  readonly instanceUrl: string
  /** Of the REST API, `v46.0` or newer. Default `v67.0` (Summer '26). */
  readonly version?: string
  /** Larger answers fail with HTTP_TOO_LARGE: a page of a query has 2,000 records. Bytes. Default 8 MiB. */
  readonly maxResponseBytes?: number
}

export type SalesforceOptions =
  /** OAuth 2.0: the access token is fetched and renewed. */
  | (Common & { readonly credential: Credential; readonly token?: undefined })
  /** An access token that somebody else renews. */
  | (Common & { readonly token: SecretRef; readonly credential?: undefined })

export interface Salesforce {
  readonly connector: Connector
  readonly accounts: SalesforceObject<AccountFields>
  readonly contacts: SalesforceObject<ContactFields>
  readonly opportunities: SalesforceObject<OpportunityFields>
  readonly leads: SalesforceObject<LeadFields>
  /** Any object by its API name, its fields by theirs: `object<{ Total__c?: number }>('Invoice__c')`. */
  object<F extends object>(type: string): SalesforceObject<F>
  /** Queries over any object. */
  readonly query: Operation<Query, Page<Json>>
  /** Declares several calls in one request and transaction. */
  composite<I>(name: string, spec: CompositeSpec<I>): Operation<I, readonly Composed[]>
}

const DEFAULTS = Object.freeze({
  name: 'salesforce',
  version: 'v67.0', // https://developer.salesforce.com/docs/platform/salesforce-soql-sosl/guide/soql-sosl-pdf-archive.html
  maxResponseBytes: 8_388_608, // 2,000 records of 4 KiB
})
const OLDEST = 46 // the first with upserts of collections, and with `created` in the answer of an upsert

/**
 * Salesforce's REST API: `const crm = salesforce({ instanceUrl: 'https://example.my.salesforce.com', token: secret('SALESFORCE_TOKEN') })`,
 * then `crm.accounts.upsert`, `crm.object<InvoiceFields>('Invoice__c').upsert`, `crm.query`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function salesforce(options: SalesforceOptions): Salesforce {
  const { name, version, maxResponseBytes } = { ...DEFAULTS, ...options }
  const { instanceUrl, credential, token, quota = salesforceQuota } = options
  if ((credential === undefined) === (token === undefined))
    throw invalid(name, 'name a credential or a token, one of them')
  const number = /^v(\d{2,3})\.0$/.exec(version)?.[1]
  if (number === undefined || Number(number) < OLDEST)
    throw invalid(name, `version ${JSON.stringify(version)}: use v${OLDEST}.0 or newer, like ${DEFAULTS.version}`)
  const auth = token === undefined ? bearerToken : bearer(token)
  const baseUrl = originOf(name, instanceUrl)
  const spec = { ...options, name, baseUrl, maxResponseBytes, quota, secrets: auth.secrets, faults: SALESFORCE_FAULTS }
  const target = connector(spec)
  const api: Api = { connector: target, auth, root: `/services/data/${version}` }
  const object = <F extends object>(type: string): SalesforceObject<F> => objectOfType<F>(api, type)
  return Object.freeze({
    connector: target,
    accounts: object<AccountFields>('Account'),
    contacts: object<ContactFields>('Contact'),
    opportunities: object<OpportunityFields>('Opportunity'),
    leads: object<LeadFields>('Lead'),
    object,
    query: queryOf<Json>(api, 'query'),
    composite: <I>(composite: string, spec: CompositeSpec<I>) => compositeOf(api, composite, spec),
  })
}

/** The value is not told: it may hold a password. */
function originOf(name: string, instanceUrl: string): string {
  const url = URL.parse(instanceUrl)
  if (url !== null && url.href === `${url.origin}/`) return url.origin
  throw invalid(
    name,
    'instanceUrl: use the address of your organization without a path, https://example.my.salesforce.com',
  )
}
