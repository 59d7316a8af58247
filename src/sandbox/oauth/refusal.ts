import { jsonAnswer, type ProviderAnswer } from '../provider.ts'

/** Errors of RFC 6749 section 5.2. */
export type OAuthError =
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_request'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'

/** A token request that the model refuses. */
export class Refusal extends Error {
  readonly error: OAuthError

  constructor(error: OAuthError, description: string) {
    super(description)
    this.error = error
  }

  answer(): ProviderAnswer {
    const body = { error: this.error, error_description: this.message }
    if (this.error !== 'invalid_client') return jsonAnswer(400, body, NO_STORE)
    return jsonAnswer(401, body, { ...NO_STORE, 'www-authenticate': 'Basic realm="oauth"' })
  }
}

/** RFC 6749 section 5.1. */
export const NO_STORE: Readonly<Record<string, string>> = Object.freeze({
  'cache-control': 'no-store',
  pragma: 'no-cache',
})
