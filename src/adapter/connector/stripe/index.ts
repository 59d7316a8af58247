export type { StripeEvent, StripeEvents } from './event.ts'
export type * from './objects.ts'
export type { CustomerFields, PaymentIntentFields, RefundFields, StripeOperations } from './operations.ts'
export { type StripeCalling, type StripeReceiving, type StripeSources, stripe } from './stripe.ts'
