/** Error categories of HubSpot's API that the model uses. Source: developers.hubspot.com/docs/api/error-handling. */
export type Category =
  | 'CONFLICT'
  | 'EXPIRED_AUTHENTICATION'
  | 'INTERNAL_ERROR'
  | 'INVALID_AUTHENTICATION'
  | 'OBJECT_NOT_FOUND'
  | 'RATE_LIMITS'
  | 'VALIDATION_ERROR'

/** A request, or one input of a batch, that the CRM model refuses. */
export class Refusal extends Error {
  readonly status: number
  readonly category: Category
  readonly extra: Readonly<Record<string, unknown>>

  constructor(status: number, category: Category, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.status = status
    this.category = category
    this.extra = extra
  }

  body(correlationId: string): unknown {
    return { status: 'error', message: this.message, correlationId, category: this.category, ...this.extra }
  }
}

export const invalid = (message: string, extra: Readonly<Record<string, unknown>> = {}): Refusal =>
  new Refusal(400, 'VALIDATION_ERROR', message, extra)

export const notFound = (type: string, id: string): Refusal =>
  new Refusal(404, 'OBJECT_NOT_FOUND', `Object not found.  objectId are usually numeric. ${type}: ${id.slice(0, 80)}`)
