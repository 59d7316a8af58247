import { type Json, objectOf, textOf, toJson } from '../../src/adapter/connector/http/json.ts'
import { TielineError } from '../../src/core/error.ts'
import type { Connector, FaultRow, OperationSpec, RequestParts } from '../../src/declare/target/operation.ts'
import type { ConnectorSubject } from '../../src/testing/connector-suite/index.ts'
import { headersOf, type Listed, type Parts, parts, subjectOf } from './connector/shop.ts'

/** The connector that keeps every law. */
export const goodConnector: ConnectorSubject = subjectOf(parts())

/** For each law, the same connector with one mistake: that law fails, and no other. */
export const BROKEN_CONNECTORS: Readonly<Record<string, () => ConnectorSubject>> = {
  'purity: the same input gives the same request': () => {
    let count = 0
    return sending('create', (made) => ({ ...made, headers: { ...made.headers, 'x-count': String(count++) } }))
  },
  'purity: the same answer gives the same result': () => {
    let count = 0
    return giving('put', (made) => ({ ...made, count: count++ }))
  },
  'purity: nothing that is given to a half is changed': () =>
    sending('put', (made, { tags = [] }) => {
      ;(tags as string[]).sort()
      return made
    }),
  'purity: neither half reads a clock, chance or the network': () =>
    sending('create', (made) => ({ ...made, headers: { ...made.headers, 'x-late': String(Date.now() > 0) } })),
  'purity: the answers of the documentation are understood': () => giving('get', ({ id }) => ({ id, label: 'none' })),

  'robustness: a request half throws nothing but TielineError': () =>
    sending('put', (made, { label }) => ({
      ...made,
      headers: { ...made.headers, 'x-size': String(decodeURIComponent(label).length) },
    })),
  'robustness: a response half throws nothing but TielineError': () =>
    broken({
      get: { response: (response) => ({ id: (response.json() as { id: string }).id.trim(), label: 'A' }) },
      documented: false,
    }),
  'robustness: no answer changes a prototype': () =>
    broken({ put: { response: (response) => ({ id: textOf(merged({}, objectOf(response)), 'id') }) } }),
  'robustness: a batch has an outcome for each item, whatever the answer says': () =>
    batching((batch) => ({
      response: (response, items) => {
        const { results } = objectOf(response)
        return batch.response(response, items).slice(0, Array.isArray(results) ? results.length : 0)
      },
    })),

  'requests: method and path are well formed': () => sending('get', (made) => ({ ...made, body: '{}' })),
  'requests: no text changes the structure of the path': () =>
    sending('put', (made, { id }) => ({ ...made, path: `/things/${id}` })),
  'requests: header names are lower case, and no value leaves its line': () =>
    sending('put', (made, { label }) => ({ ...made, headers: { ...made.headers, 'x-label': label } })),
  'requests: the body is what content-type says': () =>
    sending('put', (made, { id, label }) => ({ ...made, body: `{"id":"${id}","label":"${label}"}` })),
  'requests: the declared key is sent: the same in each attempt, another for another effect': () =>
    sending('create', (made) => {
      const key = made.headers?.['idempotency-key'] ?? ''
      return { ...made, headers: { ...made.headers, 'idempotency-key': key.slice(0, 12) } }
    }),
  'requests: an operation that reads is a GET, or documented as a read': () =>
    sending('get', (made) => ({ ...made, method: 'POST' })),

  'secrets: only declared secrets are read, and a missing one is SECRET_MISSING': () =>
    broken({
      get: {
        request: (input, context) => parts().get.request(input, { ...context, nowMs: context.secret('OTHER').length }),
      },
      subject: { secrets: { OTHER: ['made-up-other-77aa01'] } },
    }),
  'secrets: a secret goes only where it is declared': () =>
    sending('get', (made) => ({ ...made, path: `${made.path}?token=${made.headers?.['authorization']?.slice(7)}` })),
  'secrets: no error tells a secret': () =>
    sending('put', (made, { label }) => {
      if (label !== '') return made
      throw new TielineError('REQUEST_INVALID', `no label, in a request with ${made.headers?.['authorization']}`)
    }),

  'faults: every status with every body is an error of one short line': () =>
    faulty({ status: 418, means: 'stop', why: 'a teapot '.repeat(200) }),
  'faults: every 5xx, 429 and 408 is tried again': () => faulty({ status: 408, means: 'stop', why: 'too slow' }),
  'faults: any other 4xx stops': () =>
    faulty(
      { status: 401, means: 'credential', why: 'no key' },
      { status: 429, means: 'retry-after', why: 'too many' },
      { status: '4xx', means: 'retry', why: 'perhaps later' },
    ),
  'faults: a redirect is refused': () => faulty({ status: '3xx', means: 'retry', why: 'moved' }),
  'faults: every row of the fault table can be reached, and says why': () =>
    faulty(
      { status: 409, means: 'stop', why: 'a conflict' },
      { status: 409, code: 'LOCKED', means: 'retry', why: 'somebody edits it' },
    ),
  'faults: Retry-After is honoured wherever it is tried again': () =>
    faulty({ status: 423, means: 'retry', afterMs: -5, why: 'locked' }),
  'faults: no 401, 408, 429 or 5xx says that the effect is there already': () =>
    broken({ create: { repeated: ({ status }) => status === 409 || status === 503 } }),
  'faults: a 401 is a matter of the credential': () => faulty({ status: 401, means: 'stop', why: 'no key' }),

  'effects: the same call with the same key: one effect, the same result': () =>
    broken({ create: { response: ({ headers }) => ({ id: headers['replayed'] ?? 'new' }) } }),
  'effects: another call has an effect of its own': () =>
    sending('put', (made) => ({ ...made, path: '/things/a', body: '{"label":"A"}' })),
  'effects: an answer that is lost: the repeat finds the one effect': () =>
    sending('put', (made, { id }, attempt) => ({ ...made, path: `/things/${encodeURIComponent(`${id}-${attempt}`)}` })),
  'effects: a failure without effect: the repeat has it': () =>
    sending('put', (made, _, attempt) => (attempt === 1 ? made : { ...made, path: `${made.path}/check` })),
  'effects: a 429 is PROVIDER_BUSY, with the time of its Retry-After': () =>
    faulty({ status: 429, means: 'retry', why: 'too many' }),
  'effects: an operation that reads has no effect': () =>
    sending('get', (made) => ({ ...made, path: `${made.path}?touch=1` })),
  'effects: an answer of more than maxResponseBytes is HTTP_TOO_LARGE': () =>
    subjectOf(parts({ maxResponseBytes: Number.POSITIVE_INFINITY })),
  'effects: each try has a time limit': () => subjectOf(parts({ policy: { kind: 'policy', layers: [] } })),

  'pages: all pages are read, each item once, and they end': () =>
    giving('list', ({ ids, ...more }) => ({ ids: ids.slice(0, 1), ...more })),
  'pages: a page that leads to itself is an error': () =>
    broken({ list: { response: (response) => parts().list.response(response, {}) as Listed } }),

  'batches: each outcome is what the item alone would give, in the order of the items': () =>
    batching((batch) => ({ response: (response, items) => batch.response(response, items).toReversed() })),
  'batches: a bad item fails alone': () =>
    batching((batch) => ({
      response: (response, items) =>
        batch
          .response(response, items)
          .map((one) =>
            one.as === 'done' ? one : { as: 'failed', error: new TielineError('PROVIDER_FAULT', 'again') },
          ),
    })),
  'batches: more than max is refused before it is sent': () =>
    batching(() => ({
      request: (items, context) => ({
        method: 'POST',
        path: '/batch',
        headers: headersOf(context),
        body: toJson({ things: items.map(({ input }) => input) }),
      }),
    })),

  'quota: any headers are no quota, or a bounded one': () =>
    subjectOf(parts({ quota: (headers) => ({ remaining: Number(headers['x-ratelimit-remaining']), resetMs: 1_000 }) })),
}

type Verb = 'create' | 'put' | 'save' | 'get' | 'list'
type Input<V extends Verb> = Parameters<Parts[V]['request']>[0]
type Result<V extends Verb> = ReturnType<Parts[V]['response']>
type Changes = { readonly [V in Verb]?: Partial<Parts[V]> } & {
  readonly subject?: Partial<ConnectorSubject>
  readonly documented?: false
}

function broken({ documented, ...changes }: Changes): ConnectorSubject {
  const good = parts()
  const change = <V extends Verb>(verb: V): Parts[V] => ({ ...good[verb], ...changes[verb] })
  const subject = subjectOf({
    ...good,
    create: change('create'),
    put: change('put'),
    save: change('save'),
    get: change('get'),
    list: change('list'),
    ...(changes.subject !== undefined && { subject: changes.subject }),
  })
  if (documented !== false) return subject
  return { ...subject, operations: subject.operations.map(({ answers, ...rest }) => rest) }
}

/** The connector with another request of one operation. */
function sending<V extends Verb>(
  verb: V,
  change: (made: RequestParts, input: Input<V>, attempt: number) => RequestParts,
): ConnectorSubject {
  const { request } = parts()[verb] as OperationSpec<unknown, unknown>
  const other: OperationSpec<unknown, unknown>['request'] = (input, context) =>
    change(request(input, context), input as Input<V>, context.attempt)
  return broken({ [verb]: { request: other } } as Changes)
}

/** The connector with another result of one operation. */
function giving<V extends Verb>(verb: V, change: (result: Result<V>) => Result<V>): ConnectorSubject {
  const { response } = parts()[verb] as OperationSpec<unknown, unknown>
  const other: OperationSpec<unknown, unknown>['response'] = (answer, input) =>
    change(response(answer, input) as Result<V>)
  return broken({ [verb]: { response: other } } as Changes)
}

function batching(change: (batch: Parts['save']['batch']) => Partial<Parts['save']['batch']>): ConnectorSubject {
  const { batch } = parts().save
  return broken({ save: { batch: { ...batch, ...change(batch) } } })
}

function faulty(...rows: readonly FaultRow[]): ConnectorSubject {
  const faults: Connector['faults'] = { source: 'made up', rows }
  return subjectOf(parts({ faults }))
}

/** The merge that everybody has written once. */
function merged(to: Record<string, unknown>, from: Json): Json {
  for (const [name, value] of Object.entries(from)) {
    if (typeof value === 'object' && value !== null) {
      to[name] ??= {}
      merged(to[name] as Record<string, unknown>, value as Json)
    } else to[name] = value
  }
  return to
}
