export { type StandardEvent, type StandardWebhooks, type StandardWebhooksOptions, standardWebhooks } from './inbound.ts'
export { type Webhook, type WebhookMessage, type WebhookOptions, webhook } from './outbound.ts'
