type Schema = Readonly<Record<string, unknown>>

/** The JSON Schemas of what the admin API answers, by the name they have in its OpenAPI document. */
export const SCHEMAS: Readonly<Record<string, Schema>> = Object.freeze({
  Status: record(
    {
      accepted: count('Messages on disk since the store was made.'),
      duplicates: count('Repeated messages that were recognised.'),
      pending: count('Work that is neither delivered, skipped, dead nor discarded.'),
      delivered: count('Work that reached its target.'),
      skipped: count('Work that ended with a recorded skip.'),
      dead: count('Dead letters now.'),
      quarantined: count('Messages set aside now for a broken contract.'),
      discarded: count('Dead letters that an operator discarded.'),
      leased: count('Work that runs now.'),
      waiting: count('Lanes that wait for a retry or behind a dead letter.'),
      oldestMs: count('Age of the oldest pending work.'),
      flows: list(record({ flow: text(), pending: count('Pending work of the flow.') })),
      ready: { type: 'boolean' },
      uptimeMs: count('Since the runtime started.'),
      store: text(),
      owner: text(),
    },
    { reason: text('Why it is not ready.') },
  ),
  Flow: record(
    {
      name: text(),
      inputs: list(record({ source: text(), type: text() }, { mapping: text() })),
      to: record({ kind: { enum: ['target', 'saga'] }, name: text(), steps: list(text()), connectors: list(text()) }),
      order: { enum: ['by key', 'none'] },
      concurrency: count('Messages at work at the same time.'),
      attempts: count('Before a message is a dead letter.'),
    },
    { contract: text('Name and version.') },
  ),
  Fault: record({
    code: text(),
    message: text(),
    retryable: { type: 'boolean' },
    fingerprint: text('The same for faults of one cause.'),
  }),
  Work: record(work(), workOptional()),
  Journey: record(
    {
      ...work(),
      effect: text('Root of the idempotency keys of its calls.'),
      attributes: { type: 'object', additionalProperties: text() },
      trail: list({ type: 'object', description: 'Failed attempts, waits, replays and steps, oldest first.' }),
    },
    {
      ...workOptional(),
      body: text('The body in base64; not there once purged.'),
      text: text('The body as text, where it is whole and valid UTF-8.'),
      bodyBytes: count('Length of the body.'),
      truncated: { type: 'boolean', description: 'Only the beginning of the body is shown.' },
    },
  ),
  Why: record({
    flow: text(),
    key: text(),
    pending: count('Work of the lane.'),
    sentence: text('Why it does not move.'),
  }),
  DeadGroup: record({
    fingerprint: text(),
    flow: text('Empty for quarantined messages that no flow would take.'),
    code: text(),
    example: text('One message of the group.'),
    count: count('Dead letters of the group.'),
    works: list(text('Work id; at most 100.')),
  }),
  Moved: record({ moved: list(text('Work id.')) }),
  Control: record(
    {
      target: text(),
      kind: { enum: ['pause', 'limit', 'drain'] },
      why: text(),
      sinceMs: count('Milliseconds since 1970.'),
    },
    {
      concurrency: count('Of a limit.'),
      perSecond: { type: 'number', exclusiveMinimum: 0, description: 'Of a limit.' },
      left: count('Of a drain: messages still at work.'),
      untilMs: count('Milliseconds since 1970; without: until resumed.'),
    },
  ),
  Gate: record(
    {
      target: text('`connector:NAME`, `operation:CONNECTOR.NAME`, `tenant:NAME` or `source:NAME`.'),
      kind: text('breaker, rate limit, bulkhead, adaptive or provider'),
      state: { enum: ['open for calls', 'closed', 'probing'] },
    },
    {
      opensInMs: count('Milliseconds until it is tried again.'),
      forMs: count('Milliseconds since it is so.'),
      why: text(),
      share: { type: 'number', minimum: 0, maximum: 1, description: 'Of a common limit that this process has.' },
    },
  ),
  AuditEntry: record({
    atMs: count('Milliseconds since 1970.'),
    verb: text(),
    target: text(),
    why: text('Begins with who did it.'),
  }),
  Problem: record(
    {
      type: text(),
      title: text(),
      status: count('The HTTP status.'),
      detail: text(),
      code: text('Stable error code.'),
    },
    { reason: text(), id: text(), issues: list(record({ path: text(), message: text() })) },
  ),
})

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

/** Open for more: answers may grow. */
export function record(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) }
}

function count(description: string): Schema {
  return { type: 'integer', minimum: 0, description }
}

function text(description?: string): Schema {
  return description === undefined ? { type: 'string' } : { type: 'string', description }
}

function work(): Readonly<Record<string, Schema>> {
  return {
    work: text('Work id: one message in one flow.'),
    source: text(),
    id: text('Message id.'),
    type: text(),
    flow: text('Empty for a quarantined message that no flow would take.'),
    key: text('Ordering key.'),
    state: { enum: ['pending', 'delivered', 'skipped', 'dead', 'discarded', 'quarantined'] },
    attempts: count('Made, the last included; of pending work those that failed so far.'),
    crashes: count('Leases that ended without a settle.'),
    replays: count('By an operator.'),
    acceptedAtMs: count('Milliseconds since 1970.'),
  }
}

function workOptional(): Readonly<Record<string, Schema>> {
  return {
    settledAtMs: count('Milliseconds since 1970.'),
    dueAtMs: count('When it runs again, milliseconds since 1970.'),
    owner: text('Who runs it now.'),
    why: text(),
    fault: ref('Fault'),
  }
}
