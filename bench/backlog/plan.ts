/** The key that waits with everything behind it. */
export const BLOCKED = 'blocked'

const utf8 = new TextEncoder()

/** Some 70 bytes: what is measured here is finding work, not carrying it. */
export const body = (n: number): Uint8Array =>
  utf8.encode(JSON.stringify({ id: n, type: 'payment', amount: 1_250, currency: 'EUR', at: 1_767_225_600 }))
