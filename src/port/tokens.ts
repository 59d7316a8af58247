import type { Connector } from '../declare/target/operation.ts'

/** Access tokens of the connectors that declare a `credential`: one is fetched at a time, whoever asks, in whichever process. */
export interface Tokens {
  /**
   * A token that is good for a while yet.
   * @throws {TielineError} CREDENTIAL_REFUSED when only a person can help, HTTP_* or PROVIDER_* when the token endpoint has just failed,
   * GATE_CLOSED with `retryAfterMs` while it is left alone after a failure, SECRET_MISSING or CONFIG_INVALID before anything is sent
   */
  get(connector: Connector): Promise<string>
  /** The provider has refused this token before its time: the next `get` fetches another, unless somebody has already. */
  refused(connector: Connector, token: string): void
  /** An operator's word: a refusal that all workers remember is forgotten, and the token endpoint is asked again. */
  clear(connector: Connector): Promise<void>
}
