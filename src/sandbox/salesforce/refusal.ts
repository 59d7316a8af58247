/** A request, or one record of a collection, that the model refuses. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly fields: readonly string[]

  constructor(status: number, code: string, message: string, fields: readonly string[] = []) {
    super(message)
    this.status = status
    this.code = code
    this.fields = fields
  }

  /** As an answer of its own. */
  body(): readonly unknown[] {
    const { message, code, fields } = this
    return [fields.length === 0 ? { message, errorCode: code } : { message, errorCode: code, fields }]
  }

  /** As one result of a collection. */
  result(): unknown {
    return { success: false, errors: [{ statusCode: this.code, message: this.message, fields: this.fields }] }
  }
}

/** The 300 of an external id that several records have. */
export class Several extends Error {
  readonly urls: readonly string[]

  constructor(urls: readonly string[]) {
    super('several records')
    this.urls = urls
  }
}

export const missing = (): Refusal => new Refusal(404, 'NOT_FOUND', 'The requested resource does not exist')

export const malformed = (message: string): Refusal => new Refusal(400, 'JSON_PARSER_ERROR', message)
