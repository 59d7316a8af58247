/** Error types of the Stripe API. Source: docs.stripe.com/api/errors. */
export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'

export interface RefusalFields {
  readonly code?: string
  readonly param?: string
  readonly decline_code?: string
  readonly payment_intent?: unknown
  readonly charge?: string
}

/** A request that the payments model refuses, in the shape of Stripe's error object. */
export class Refusal extends Error {
  readonly status: number
  readonly type: ErrorType
  readonly fields: RefusalFields

  constructor(status: number, type: ErrorType, message: string, fields: RefusalFields = {}) {
    super(message)
    this.status = status
    this.type = type
    this.fields = fields
  }

  body(requestId: string): unknown {
    const { code } = this.fields
    return {
      error: {
        ...this.fields,
        ...(code === undefined ? {} : { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
        message: this.message,
        request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
        type: this.type,
      },
    }
  }
}

export function invalid(message: string, fields: RefusalFields = {}): Refusal {
  return new Refusal(400, 'invalid_request_error', message, fields)
}

export function missing(kind: string, id: string, param: string): Refusal {
  return new Refusal(404, 'invalid_request_error', `No such ${kind}: '${id}'`, { code: 'resource_missing', param })
}
