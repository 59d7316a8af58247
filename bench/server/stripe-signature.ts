import { createHmac, timingSafeEqual } from 'node:crypto'
import { SECRET } from '../load/stripe-events.ts'

/** Stripe's scheme as a careful person writes it: HMAC over time and raw body, compared in constant time. */
export function signed(header: unknown, body: Buffer): boolean {
  const [, time = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(header)) ?? []
  const mac = createHmac('sha256', SECRET).update(`${time}.`).update(body).digest()
  return given !== '' && timingSafeEqual(mac, Buffer.from(given, 'hex'))
}
