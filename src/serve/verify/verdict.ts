/** What a verifier found. All but `genuine` are answered 401, and nothing of the request is kept. */
export type Verdict = 'genuine' | 'missing' | 'malformed' | 'stale' | 'future' | 'mismatch'

/** A request as it arrived: what senders sign. */
export interface SignedRequest {
  readonly method: string
  /** The public address that the sender called; only read where it is part of what is signed. */
  readonly uri: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The bytes as they arrived: no scheme survives a parser. */
  readonly body: Uint8Array
}

/**
 * Decides whether a sender is genuine. Pure: time and secrets come in.
 * @param secrets newest first and at least one; each may have signed
 * @param toleranceMs older and younger signatures are refused, where the scheme signs a time
 * @throws {TielineError} CONFIG_INVALID when none of the secrets can be a secret of this scheme
 */
export type Verify = (request: SignedRequest, secrets: readonly string[], nowMs: number, toleranceMs: number) => Verdict
