export { type App, type AppEntry, type AppLedger, type AppOptions, app, type VerifyWebhook } from './app/app.ts'
export { type Crm, type CrmOptions, crm } from './crm/crm.ts'
export type { CrmEffect, CrmLedger } from './crm/effect.ts'
export { type CrmRate, HUBSPOT_RATE, SANDBOX_RATE } from './crm/rate.ts'
export {
  type AnswerFault,
  decide,
  decideWebhook,
  type Fault,
  type FaultSubject,
  type WebhookFault,
} from './fault/decide.ts'
export { type FaultDesk, faultDesk } from './fault/desk.ts'
export {
  ANSWER_FAULTS,
  type FaultKind,
  type FaultPlan,
  type FaultRule,
  parseFaultPlan,
  WEBHOOK_FAULTS,
} from './fault/rule.ts'
export { EXPECTED, type Expected, type PaymentEvent } from './judge/expected.ts'
export { type Evidence, judge } from './judge/judge.ts'
export type { Sent, SentPayment, SentSignup, Verdict } from './judge/sent.ts'
export type { NetsuiteEffect, NetsuiteLedger } from './netsuite/effect.ts'
export { type Netsuite, type NetsuiteOptions, netsuite } from './netsuite/netsuite.ts'
export type { OAuthClient } from './oauth/client.ts'
export { behind, type OAuth, type OAuthEffect, type OAuthLedger, type OAuthOptions, oauth } from './oauth/oauth.ts'
export { serveOAuth } from './oauth/serve-oauth.ts'
export type { PaymentsEffect } from './payments/call.ts'
export { type Delivery, type DeliveryRecord, type Emitter, type EmitterOptions, emitter } from './payments/emitter.ts'
export type { StripeEvent } from './payments/object.ts'
export { type Payments, type PaymentsLedger, type PaymentsOptions, payments } from './payments/payments.ts'
export { fasterBy, type RetrySchedule, STRIPE_SCHEDULE } from './payments/schedule.ts'
export type { Provider, ProviderAnswer, ProviderContext, ProviderRequest } from './provider.ts'
export type { SalesforceEffect, SalesforceLedger } from './salesforce/org.ts'
export { type Salesforce, type SalesforceOptions, salesforce } from './salesforce/salesforce.ts'
export { SANDBOX_SECRETS, type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts'
export { idSource, seededRandom } from './seeded-random.ts'
export type { Control, Controls } from './server/control.ts'
export { type PaymentsServer, type PaymentsServerOptions, servePayments } from './server/payments-server.ts'
export { type ProviderServer, type ServeOptions, type ServeParts, serveProvider } from './server/serve-provider.ts'
export { standardVerifier } from './server/verify-standard.ts'
export type { WebhookEndpoint } from './server/webhook-sender.ts'
export type { TrafficPlan } from './traffic/plan.ts'
export { type Traffic, type TrafficOptions, type TrafficProgress, traffic } from './traffic/traffic.ts'
