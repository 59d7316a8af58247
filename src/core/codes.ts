/** What the engine does with a failure: `retry` waits durably and tries again, `stop` dead-letters or compensates. */
export type Disposition = 'retry' | 'stop'

/** Every error code of Tieline, in one place, with what the engine does and the sentence that says what a person does. Codes are stable: alerts, runbooks and dead letters name them. */
export const CODES = {
  UNKNOWN: {
    disposition: 'retry',
    advice: 'Read the cause; throw a TielineError to say whether trying again can help.',
  },
  // declarations and configuration
  DECLARATION_INVALID: { disposition: 'stop', advice: 'Correct the declaration named in the message.' },
  CONFIG_INVALID: { disposition: 'stop', advice: 'Correct the configuration file at the place named in the message.' },
  SECRET_MISSING: {
    disposition: 'retry',
    advice: 'Set the secret where the runtime reads its secrets; nothing is lost meanwhile.',
  },
  // messages
  BODY_MALFORMED: { disposition: 'stop', advice: 'Ask the sender: the body is not what its content type says.' },
  CONTRACT_BROKEN: {
    disposition: 'stop',
    advice: 'Compare the issues with the contract; correct the sender or the contract, then replay.',
  },
  MAPPING_FAILED: {
    disposition: 'stop',
    advice: 'Correct the mapping or its codec tables for this value, then replay.',
  },
  VALUE_INVALID: {
    disposition: 'stop',
    advice:
      'A conversion refuses this value; correct the sender, or say in the declaration what such values mean, then replay.',
  },
  FLOW_UNKNOWN: {
    disposition: 'retry',
    advice: "Declare the flow again, or say `was: 'old-name'` in the flow that replaces it.",
  },
  CRASHED_REPEATEDLY: {
    disposition: 'stop',
    advice: 'The process died while this message ran; find out why before you replay it.',
  },
  BURIED: { disposition: 'stop', advice: 'An operator set this work aside; replay or discard it.' },
  DEADLINE_PASSED: { disposition: 'stop', advice: 'Find out what took so long; replay if the effect is still wanted.' },
  // calls
  HTTP_TIMEOUT: {
    disposition: 'retry',
    advice: 'The provider did not answer in time; the same idempotency key makes the repeat safe.',
  },
  HTTP_CONNECT: { disposition: 'retry', advice: 'Check the address, the network and the provider’s status page.' },
  HTTP_BROKEN: {
    disposition: 'retry',
    advice: 'The connection ended before the answer; the same idempotency key makes the repeat safe.',
  },
  HTTP_REDIRECT: {
    disposition: 'stop',
    advice: 'Name the final address in the connector; redirects are not followed.',
  },
  HTTP_TOO_LARGE: { disposition: 'stop', advice: 'Raise maxResponseBytes of the operation, or ask for less.' },
  ADDRESS_REFUSED: {
    disposition: 'stop',
    advice: 'The address is private; list it in the connector’s `allow` if that is meant.',
  },
  PROVIDER_BUSY: {
    disposition: 'retry',
    advice: 'The provider limits our rate; lower the limit of the operation if this goes on.',
  },
  PROVIDER_FAULT: { disposition: 'retry', advice: 'The provider failed; look at its status page.' },
  PROVIDER_REFUSED: {
    disposition: 'stop',
    advice: 'The provider refuses this request for good; read its answer, correct the data, then replay.',
  },
  PROVIDER_ANSWER: {
    disposition: 'stop',
    advice: 'The provider’s answer does not have the shape of its documentation.',
  },
  GATE_CLOSED: {
    disposition: 'retry',
    advice: 'A gate holds the call: see `tieline gates`. It runs by itself when the gate opens; no attempt is counted.',
  },
  CREDENTIAL_REFUSED: {
    disposition: 'retry',
    advice: 'Renew the credential of the connector; nothing is lost meanwhile.',
  },
  COMPENSATED: { disposition: 'stop', advice: 'A step failed for good and the steps before it were undone.' },
  LEASE_LOST: { disposition: 'retry', advice: 'Another worker took over; nothing to do.' },
  STOPPING: { disposition: 'retry', advice: 'The runtime is shutting down; the message runs again after the start.' },
  // store
  STORE_UNAVAILABLE: { disposition: 'retry', advice: 'Nothing was acknowledged; the sender tries again.' },
  STORE_FULL: { disposition: 'retry', advice: 'Free disk space; accepting resumes by itself.' },
  STORE_BUSY: {
    disposition: 'retry',
    advice: 'More arrives than the disk takes; the sender tries again after Retry-After.',
  },
  STORE_LOCKED: {
    disposition: 'stop',
    advice: 'Stop the other process: a SQLite file takes one, and a move has both stores for itself.',
  },
  STORE_CORRUPT: {
    disposition: 'stop',
    advice: 'Restore the file from a backup; it is left as it is, for examination.',
  },
  STORE_VERSION: {
    disposition: 'stop',
    advice: 'The tables were made by a newer version; run that version, or restore a backup.',
  },
  STORE_MOVED: { disposition: 'stop', advice: 'Start the runtime with the store that the message names.' },
  MOVE_REFUSED: { disposition: 'stop', advice: 'Do what the message says, then run the same command again.' },
  MOVE_DIFFERS: {
    disposition: 'stop',
    advice: 'Go on with the old store, which is as it was; remove the new one and report this.',
  },
  REQUEST_INVALID: { disposition: 'stop', advice: 'Correct the field named in the message.' },
  // the gateway
  SIGNATURE_REFUSED: {
    disposition: 'stop',
    advice: 'Compare the signing secret, the clocks, and that nothing between sender and gateway changes the request.',
  },
  BODY_TOO_LARGE: { disposition: 'stop', advice: 'Send less at once, or raise maxBytes of the endpoint.' },
  CONTENT_TYPE_REFUSED: { disposition: 'stop', advice: 'Send JSON as UTF-8 without a content encoding.' },
  HEADERS_REFUSED: {
    disposition: 'stop',
    advice: 'Send each signed or typed header once, and fewer or shorter headers.',
  },
  RATE_EXCEEDED: {
    disposition: 'retry',
    advice: 'Send less, or raise the rate of the endpoint; Retry-After says when.',
  },
  OVERLOADED: {
    disposition: 'retry',
    advice: 'More arrives than is worked off, and this is of the lowest class: send it again after Retry-After.',
  },
  METHOD_REFUSED: { disposition: 'stop', advice: 'Use a method that the Allow header of the answer names.' },
  TOKEN_REFUSED: {
    disposition: 'stop',
    advice: 'Send the token as `Authorization: Bearer …`; the runtime was started with it.',
  },
  ADMIN_CLOSED: {
    disposition: 'stop',
    advice: 'Start the runtime with an admin token, or call the admin API on a loopback address.',
  },
  REQUEST_TIMEOUT: { disposition: 'retry', advice: 'Send the whole request in one go; nothing was taken.' },
  RUNTIME_UNREACHABLE: {
    disposition: 'retry',
    advice: 'Start it with `tieline start`, or say where it is with --url or TIELINE_URL.',
  },
  NOT_FOUND: { disposition: 'stop', advice: 'Look at the list first: the id or name is not there.' },
} as const

export type ErrorCode = keyof typeof CODES
