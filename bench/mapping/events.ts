/** Payment intents as JSON, no two alike; every eighth lacks what may be absent, every third is no EUR payment. */
export const paymentIntents = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => JSON.stringify(intent(n)))

const CURRENCIES = ['eur', 'eur', 'eur', 'usd', 'eur', 'jpy', 'eur', 'eur', 'eur', 'gbp', 'eur', 'kwd'] as const
const METHODS = ['automatic', 'automatic_async', 'manual'] as const

export type Intent = ReturnType<typeof intent>

function intent(n: number) {
  const sparse = n % 8 === 7
  const amount = 1 + ((n * 7_919) % 1_000_000)
  return {
    id: `pi_${String(n).padStart(24, '0')}`,
    object: 'payment_intent' as const,
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: amount,
    canceled_at: null as number | null,
    cancellation_reason: null,
    capture_method: METHODS[n % METHODS.length] ?? 'automatic',
    created: 1_767_225_600 + n * 37,
    currency: CURRENCIES[n % CURRENCIES.length] ?? 'eur',
    customer: sparse ? null : `cus_${String(n % 1_000).padStart(14, '0')}`,
    description: sparse ? null : `Bestellung ${n} für Käse & Brötchen – 日本`,
    last_payment_error: null,
    latest_charge: `ch_${n}`,
    livemode: n % 2 === 0,
    metadata: (sparse ? {} : { order_id: `order-${n}`, channel: 'web', campaign: 'autumn' }) as Record<string, string>,
    payment_method: `pm_${n}`,
    payment_method_types: ['card', 'sepa_debit'],
    receipt_email: sparse ? null : ` Kunde${n}@Example.com `,
    shipping: sparse
      ? null
      : {
          name: 'Zoë Müller',
          address: { line1: `Rosenstraße ${n}`, city: 'München', postal_code: '80331', country: 'DE' },
        },
    statement_descriptor: 'EXAMPLE SHOP',
    status: 'succeeded',
    transfer_group: null,
  }
}
