import { jsonAnswer, type ProviderAnswer } from '../provider.ts'

const TITLES: Readonly<Record<number, string>> = Object.freeze({
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
})

/** A request that the model refuses, as docs.oracle.com …/ns-online-help/section_156570709583.html shows refusals. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly path: string | undefined

  constructor(status: number, code: string, detail: string, path?: string) {
    super(detail)
    this.status = status
    this.code = code
    this.path = path
  }

  answer(headers: Readonly<Record<string, string>> = {}): ProviderAnswer {
    const details = {
      detail: this.message,
      'o:errorCode': this.code,
      ...(this.path === undefined ? {} : { 'o:errorPath': this.path }),
    }
    return jsonAnswer(
      this.status,
      {
        type: 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html',
        title: TITLES[this.status] ?? 'Error',
        status: this.status,
        'o:errorDetails': [details],
      },
      headers,
    )
  }
}

export const invalid = (detail: string, path?: string): Refusal =>
  new Refusal(400, 'INVALID_CONTENT', `Error while accessing a resource. ${detail}`, path)

export const notFound = (what: string): Refusal =>
  new Refusal(
    404,
    'NONEXISTENT_ID',
    `The record instance does not exist. Provide a valid record instance ID. ${what.slice(0, 120)}`,
  )
