export type * from './event.ts'
export { type ShopifyOptions, type ShopifySources, shopify } from './shopify.ts'
