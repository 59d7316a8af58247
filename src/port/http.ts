/** One outgoing request. Plain data: connectors build it without I/O. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute `http:` or `https:` address. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** For the whole exchange, from connecting to the last byte, in milliseconds. */
  readonly timeoutMs: number
  /** Until the request is on a connection, in milliseconds; counted from the start, so it covers the wait for a free one. */
  readonly connectMs?: number
  /** Until the head of the answer is here, in milliseconds from the start. */
  readonly firstByteMs?: number
  /** Larger answers fail with HTTP_TOO_LARGE. Bytes. */
  readonly maxResponseBytes: number
  /** Hosts (`127.0.0.1`, `[::1]`, `crm.internal`) that may resolve to a private address. */
  readonly allow?: readonly string[]
  /** `http://proxy:3128`; none unless declared. */
  readonly proxy?: string
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Makes HTTP calls. Redirects are returned, not followed. */
export interface Http {
  /**
   * @throws {TielineError} HTTP_TIMEOUT, HTTP_CONNECT, HTTP_BROKEN, HTTP_TOO_LARGE or ADDRESS_REFUSED; any status is an answer, not an error.
   */
  request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
}
