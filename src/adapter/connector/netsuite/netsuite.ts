import type { Credential } from '../../../declare/credential/credential.ts'
import { bulkhead } from '../../../declare/policy/bulkhead.ts'
import { type Policy, policy, timeout } from '../../../declare/policy/policy.ts'
import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { Connector, Operation } from '../../../declare/target/operation.ts'
import { bearer, bearerToken } from '../http/auth.ts'
import { type Calling, connector, invalid } from '../http/connector.ts'
import { accountUrl } from './account.ts'
import type { Written } from './answer.ts'
import { callsOf } from './call.ts'
import { NETSUITE_FAULTS } from './faults.ts'
import type { CustomerFields, TransactionFields } from './fields.ts'
import { type Invoices, invoiceOperations } from './invoice.ts'
import { type Jobs, jobOperations } from './job.ts'
import { type Once, transformOnce } from './once.ts'
import { type Query, queryOperation, type Rows } from './query.ts'
import { type RecordType, recordType } from './record.ts'
import type { Sequence } from './sequence.ts'
import type { Ref } from './which.ts'

interface Common extends Calling {
  /** The connector's name. Default `netsuite`. */
  readonly name?: string
  /**
   * Around each call, outermost layer first. Default `policy(bulkhead(4), timeout('30s'))`: the smallest accounts take five requests at once
   * from all their integrations together.
   */
  readonly policy?: Policy
  /** The account id, `1234567` or `1234567_SB1`. */
  readonly account: string
  /** Where Company URLs shows another address. Default: `https://ACCOUNT.suitetalk.api.netsuite.com`. */
  readonly baseUrl?: string
  /** What an invoice of `invoices.create` sells. Default: the item with the external id `tieline`. */
  readonly invoiceItem?: Ref
  /** Internal ids of currencies: `{ EUR: '4' }`. One that is not listed is named by its ISO code. */
  readonly currencies?: Readonly<Record<string, string>>
}

/**
 * With an access token that somebody else renews, or with a credential that the runtime keeps fresh: `clientCredentials({ tokenUrl:
 * 'https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token', clientId, privateKey, keyId, scope: 'rest_webservices' })`,
 * where `keyId` is the certificate's id. An access token is good for an hour.
 * Source: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162790605110.html.
 */
export type NetsuiteOptions = Common &
  (
    | { readonly token: SecretRef; readonly credential?: undefined }
    | { readonly credential: Credential; readonly token?: undefined }
  )

export interface SalesOrders extends RecordType<TransactionFields> {
  /** Makes the invoice of an order, once for each external id. */
  readonly invoice: Sequence<Once, Written>
}

export interface Netsuite {
  readonly connector: Connector
  readonly customers: RecordType<CustomerFields>
  readonly salesOrders: SalesOrders
  readonly invoices: Invoices
  readonly creditMemos: RecordType<TransactionFields>
  /** Any other record type, standard or custom: `erp.record<{ name: string }>('customrecord_plan')`. */
  record<F extends object = Readonly<Record<string, unknown>>>(type: string): RecordType<F>
  readonly query: Operation<Query, Rows>
  readonly jobs: Jobs
}

/**
 * NetSuite through SuiteTalk REST web services.
 * `const erp = netsuite({ account: '1234567', token: secret('NETSUITE_TOKEN') }); erp.customers.upsert({ externalId: 'cus_1', … }, call)`.
 * @throws {TielineError} DECLARATION_INVALID naming the field
 */
export function netsuite(options: NetsuiteOptions): Netsuite {
  const { name = 'netsuite', account, token, credential, invoiceItem = DEFAULT_ITEM, currencies = {} } = options
  const { baseUrl = accountUrl(name, account), policy = DEFAULT_POLICY } = options
  if ((token === undefined) === (credential === undefined)) throw invalid(name, 'use either token or credential')
  const auth = token === undefined ? bearerToken : bearer(token)
  const target = connector({ ...options, name, baseUrl, policy, secrets: auth.secrets, faults: NETSUITE_FAULTS })
  const call = callsOf(target, auth)
  const creditMemos = recordType<TransactionFields>(call, 'creditMemo')
  const salesOrders = recordType<TransactionFields>(call, 'salesOrder')
  const invoices = recordType<TransactionFields>(call, 'invoice')
  return Object.freeze({
    connector: target,
    customers: recordType<CustomerFields>(call, 'customer'),
    salesOrders: Object.freeze({ ...salesOrders, invoice: transformOnce(salesOrders, invoices) }),
    invoices: invoiceOperations(invoices, creditMemos, { item: invoiceItem, currencies }),
    creditMemos,
    record: <F extends object>(type: string) => recordType<F>(call, type),
    query: queryOperation(call),
    jobs: jobOperations(call),
  })
}

// The documented limit of an account without SuiteCloud Plus is five; one is left to others.
const DEFAULT_POLICY: Policy = policy(bulkhead(4), timeout('30s'))
const DEFAULT_ITEM: Ref = Object.freeze({ externalId: 'tieline' })
