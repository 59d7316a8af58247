import { eventObject, eventText } from '../../../declare/source/event-field.ts'
import type { ReadRequest, SourceEvent } from '../../../declare/source/source.ts'

interface Entity {
  readonly id: number
  /** ISO 8601 with the shop's offset. */
  readonly created_at: string
  readonly updated_at: string
}

export interface Order extends Entity {
  readonly admin_graphql_api_id: string
  readonly name: string
  readonly order_number: number
  readonly email: string | null
  readonly phone: string | null
  /** ISO 4217. */
  readonly currency: string
  /** A decimal as text: `'12.50'`. */
  readonly total_price: string
  readonly subtotal_price: string
  readonly total_tax: string
  readonly total_discounts: string
  readonly financial_status: string | null
  readonly fulfillment_status: string | null
  readonly cancelled_at: string | null
  readonly cancel_reason: string | null
  readonly closed_at: string | null
  readonly processed_at: string
  readonly note: string | null
  readonly tags: string
  readonly test: boolean
  readonly customer?: Customer | null
  readonly line_items: readonly LineItem[]
}

export interface LineItem {
  readonly id: number
  readonly product_id: number | null
  readonly variant_id: number | null
  readonly sku: string | null
  readonly title: string
  readonly quantity: number
  readonly price: string
}

export interface Customer extends Entity {
  readonly email: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly phone: string | null
  readonly state: string
  readonly note: string | null
  readonly currency: string
}

export interface Product extends Entity {
  readonly title: string
  readonly handle: string
  readonly vendor: string
  readonly product_type: string
  readonly status: string
  readonly published_at: string | null
  readonly tags: string
}

export interface Refund {
  readonly id: number
  readonly order_id: number
  readonly created_at: string
  readonly note: string | null
  readonly refund_line_items: readonly {
    readonly id: number
    readonly line_item_id: number
    readonly quantity: number
  }[]
}

export interface Fulfillment extends Entity {
  readonly order_id: number
  readonly status: string
  readonly tracking_company: string | null
  readonly tracking_number: string | null
}

/** A body whose shape is not typed here. */
export type ShopifyBody = Readonly<Record<string, unknown>>

type About<K extends string, B> = { readonly [T in K]: B }

/** What `.on(topic)` gives. Source: https://shopify.dev/docs/api/webhooks. */
export type ShopifyEvents = About<
  `orders/${'create' | 'updated' | 'paid' | 'partially_fulfilled' | 'fulfilled' | 'cancelled' | 'edited'}`,
  Order
> &
  About<`customers/${'create' | 'update' | 'enable' | 'disable'}`, Customer> &
  About<`products/${'create' | 'update'}`, Product> &
  About<`fulfillments/${'create' | 'update'}`, Fulfillment> &
  About<'refunds/create', Refund> &
  About<'products/delete' | 'customers/delete' | 'orders/delete', { readonly id: number }> &
  About<'app/uninstalled', ShopifyBody>

/**
 * The one event of a request. Shopify puts what belongs in an envelope into headers; the id is that of the delivery, the same in every
 * attempt. Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https, "Webhook headers".
 * @throws {TielineError} BODY_MALFORMED naming the header
 */
export function readShopifyEvent({ headers, body }: ReadRequest): readonly SourceEvent[] {
  const header = (name: string): string => eventText(headers[name], `header ${name}`)
  const shop = headers['x-shopify-shop-domain']
  const time = headers['x-shopify-triggered-at']
  const event = headers['x-shopify-event-id']
  return [
    {
      id: header('x-shopify-webhook-id'),
      type: header('x-shopify-topic'),
      attributes: {
        ...(time !== undefined && { time: eventText(time, 'header x-shopify-triggered-at') }),
        ...(shop !== undefined && { shop: eventText(shop, 'header x-shopify-shop-domain') }),
        ...(event !== undefined && { eventid: eventText(event, 'header x-shopify-event-id') }),
      },
      data: eventObject(body),
    },
  ]
}
