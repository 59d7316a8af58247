/** The name of a secret, never its value. Values are read from the runtime's secret store when they are needed. */
export interface SecretRef {
  readonly kind: 'secret'
  readonly secret: string
}

/** Refers to a secret by name: `secret('STRIPE_WEBHOOK_SECRET')`. */
export function secret(name: string): SecretRef {
  return Object.freeze({ kind: 'secret', secret: name })
}
