// The same as JSONata expressions, the mapping language of Node-RED and of several integration platforms.
import jsonata from 'jsonata'
import type { Intent } from './events.ts'

const AMOUNT = `(
  $digits := $lookup({ "eur": 2, "usd": 2, "gbp": 2, "jpy": 0, "kwd": 3 }, currency);
  $formatNumber(amount_received / $power(10, $digits), $digits = 0 ? "0" : $digits = 3 ? "0.000" : "0.00")
)`

const paymentOf = jsonata(`{
  "payment": id,
  "change": "paid",
  "amount": ${AMOUNT},
  "currency": $uppercase(currency),
  "at": $fromMillis(created * 1000)
}`)

const dealOf = jsonata(`{
  "payment": id,
  "name": "Payment " & id,
  "amount": ${AMOUNT},
  "currency": $uppercase(currency),
  "closedAt": $fromMillis(created * 1000),
  "cancelledAt": canceled_at = null ? null : $fromMillis(canceled_at * 1000),
  "capture": capture_method = "manual" ? "later" : "now",
  "description": description = null ? "none" : description,
  "channel": metadata.channel ? metadata.channel : "shop",
  "statement": statement_descriptor = null ? "EXAMPLE" : statement_descriptor,
  "method": payment_method,
  "methods": payment_method_types.$uppercase($),
  "firstMethod": payment_method_types[0],
  "charge": latest_charge,
  "known": customer != null,
  "mode": livemode ? "live" : "test",
  "origin": "stripe",
  "customer": customer != null ? customer,
  "email": receipt_email != null ? $lowercase($trim(receipt_email)),
  "order": metadata.order_id,
  "campaign": metadata.campaign
}`)

export const payment = (intent: Intent): Promise<unknown> => paymentOf.evaluate(intent)
export const deal = (intent: Intent): Promise<unknown> => dealOf.evaluate(intent)
