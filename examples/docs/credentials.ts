import { clientCredentials, flow, jwtBearer, refreshToken, secret, target, tieline } from 'tieline'
import { http, queryKey, signed } from 'tieline/http'
import { standardWebhooks } from 'tieline/webhook'
import { Order } from './contracts.ts'

// #region own
/** The client's own access: a token for an id and a secret. */
const erp = http('erp', {
  baseUrl: 'https://erp.example.com/api/v2',
  credential: clientCredentials({
    tokenUrl: 'https://id.example.com/oauth2/token',
    clientId: secret('ERP_CLIENT_ID'),
    clientSecret: secret('ERP_CLIENT_SECRET'),
    scope: 'orders.write',
  }),
})
// #endregion

// #region chain
/** Access that a person granted once. Needs TIELINE_TOKEN_KEY. */
export const books = http('books', {
  baseUrl: 'https://books.example.com/api',
  credential: refreshToken({
    tokenUrl: 'https://books.example.com/oauth/token',
    clientId: 'tieline',
    clientSecret: secret('BOOKS_CLIENT_SECRET'),
    clientAuthentication: 'client_secret_post', // in the body; the header is the default
    refreshToken: secret('BOOKS_REFRESH_TOKEN'), // the first one
  }),
})
// #endregion

// #region key
/** A private key in place of a secret, as NetSuite has it. */
export const netsuiteAccess = clientCredentials({
  tokenUrl: 'https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
  clientId: secret('NETSUITE_CLIENT_ID'),
  privateKey: secret('NETSUITE_PRIVATE_KEY'), // PEM
  algorithm: 'PS256',
  keyId: 'certificate-id',
  scope: 'rest_webservices',
})

/** A signed statement for a user who has allowed it beforehand, as Salesforce has it. */
export const salesforceAccess = jwtBearer({
  tokenUrl: 'https://login.salesforce.com/services/oauth2/token',
  clientId: secret('SALESFORCE_CLIENT_ID'),
  privateKey: secret('SALESFORCE_PRIVATE_KEY'),
  subject: 'integration@example.com',
  assertionAudience: 'https://login.salesforce.com',
  lifetime: '1h', // the answer does not say; at most the session timeout of the org
})
// #endregion

// #region signed
/** An HMAC over what the provider names. */
export const bank = http('bank', {
  baseUrl: 'https://bank.example.com',
  auth: signed({
    secret: secret('BANK_KEY'),
    header: 'x-signature',
    algorithm: 'sha256',
    encoding: 'base64',
    over: ({ method, path, timestamp, body }) => [method, path, String(timestamp), body], // lines
    headers: ({ timestamp }) => ({ 'x-timestamp': String(timestamp) }),
  }),
})

/** A key as a parameter of the address. */
export const maps = http('maps', { baseUrl: 'https://maps.example.com', auth: queryKey('key', secret('MAPS_KEY')) })
// #endregion

const partner = standardWebhooks({ name: 'partner', secret: secret('PARTNER_SECRET') })

export default tieline({
  flows: [
    flow('partner-orders', {
      from: partner.on('order.placed', Order),
      key: (order) => order.customer,
      to: target('erp-order', {
        input: Order,
        call: erp.post<Order>('/orders', { name: 'orders.create' }),
        with: (order) => order,
      }),
    }),
  ],
})
