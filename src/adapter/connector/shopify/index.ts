export type * from './event.ts'
export { shopifyQuota } from './quota.ts'
export { type ShopifyOptions, type ShopifySources, shopify } from './shopify.ts'
