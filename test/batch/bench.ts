import { TielineError, toTielineError } from '../../src/core/error.ts'
import type { Batch } from '../../src/declare/flow/flow.ts'
import { policy } from '../../src/declare/policy/policy.ts'
import {
  type BatchHalves,
  type BatchItem,
  type Idempotency,
  type ItemOutcome,
  type Operation,
  operation,
} from '../../src/declare/target/operation.ts'
import type { Terms } from '../../src/engine/act.ts'
import { type Batcher, createBatcher } from '../../src/engine/batch/batcher.ts'
import { type Held, LEASE_MS } from '../../src/engine/held.ts'
import type { Clock } from '../../src/port/clock.ts'
import { localAdmissions } from '../../src/testing/local-admissions.ts'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.ts'

export interface Row {
  readonly id: string
  readonly group?: string
  readonly about?: string
  readonly text?: string
}

export const LAYERS = policy().layers

export function upsert(
  more: Partial<BatchHalves<Row, string>> = {},
  idempotency: Idempotency = { by: 'state', why: 'an upsert' },
): Operation<Row, string> {
  return operation<Row, string>({
    connector: {
      kind: 'connector',
      name: 'crm',
      baseUrl: 'http://crm.test',
      secrets: [],
      policy: policy(),
      allow: [],
      proxy: undefined,
      maxResponseBytes: 1_000_000,
      faults: { source: 'this test', rows: [] },
    },
    name: 'rows.upsert',
    idempotency,
    request: () => ({ method: 'POST', path: '/row' }),
    response: () => 'alone',
    batch: {
      max: 100,
      group: ({ group = '' }) => group,
      key: ({ about, id }) => about ?? id,
      request: (items) => ({ method: 'POST', path: '/rows', body: JSON.stringify(items) }),
      response: (answer) => answer.json() as readonly ItemOutcome<string>[],
      ...more,
    },
  })
}

/** One request as the other side saw it. */
export interface Seen {
  readonly items: readonly BatchItem<Row>[]
  readonly ids: string
  readonly atMs: number
  readonly terms: Terms
  endMs: number | undefined
}

type Answered = readonly ItemOutcome<string>[] | TielineError | { readonly insteadOfAnAnswer: string }
export type Answer = (seen: Seen) => Answered | Promise<Answered>

export interface Bench {
  readonly clock: VirtualClock
  readonly batcher: Batcher
  readonly stop: AbortController
  readonly seen: Seen[]
  answer: Answer
  /** What became of each row: its value, or the code of its error. */
  readonly ended: Map<string, string>
  submit(row: Row, more?: Partial<Submitted>): Held
}

interface Submitted {
  readonly leaves: () => void
  readonly limits: Batch
  readonly of: Operation<Row, string>
  readonly terms: Partial<Terms>
  readonly held: Partial<Held>
}

export const LIMITS: Batch = Object.freeze({ count: 3, bytes: 1_000, withinMs: 50 })
const UPSERT = upsert()

export const done = (seen: Seen): readonly ItemOutcome<string>[] =>
  seen.items.map(({ input }) => ({ as: 'done', value: `done ${input.id}` }))
export const refused = (): TielineError => new TielineError('PROVIDER_REFUSED', 'no')

export function bench(): Bench {
  const clock = virtualClock()
  const stop = new AbortController()
  const seen: Seen[] = []
  const ended = new Map<string, string>()
  const it: Bench = {
    clock,
    stop,
    seen,
    ended,
    answer: done,
    batcher: createBatcher({
      clock,
      stop: stop.signal,
      perform: async (one, input, terms) => {
        const items = input as unknown as readonly BatchItem<Row>[]
        const ids = items.map(({ input: row }) => row.id).join(' ')
        const request: Seen = { items, ids, atMs: clock.mono(), terms, endMs: undefined }
        seen.push(request)
        try {
          const answer = await it.answer(request)
          if (answer instanceof TielineError) throw answer
          if ('insteadOfAnAnswer' in answer) return answer.insteadOfAnAnswer as never
          return one.spec.response({ status: 200, headers: {}, text: '', json: () => answer }, input)
        } finally {
          request.endMs = clock.mono()
        }
      },
    }),
    submit: (row, { limits = LIMITS, of = UPSERT, terms, held: more, leaves } = {}) => {
      const lease = held(clock, row.id, more)
      const call = {
        limits,
        ...(leaves !== undefined && { leaves }),
        operation: of,
        input: row,
        terms: {
          held: lease,
          idempotencyKey: `key ${row.id}`,
          attempt: 1,
          layers: LAYERS,
          stop: stop.signal,
          admissions: localAdmissions(),
          tenant: '',
          ...terms,
        },
      }
      const settled = (what: string): void => {
        if (ended.has(row.id)) throw new Error(`${row.id} is settled twice`)
        ended.set(row.id, what)
      }
      it.batcher.submit(call).then(settled, (error: unknown) => settled(toTielineError(error).code))
      return lease
    },
  }
  return it
}

/** A lease that was claimed just now. */
export function held(clock: Clock, id: string, more: Partial<Held> = {}): Held {
  const sinceMono = clock.mono()
  const made = {
    tenant: '',
    key: id,
    lease: { id, token: '1' } as unknown as Held['lease'],
    sinceMono,
    untilMono: sinceMono + LEASE_MS,
    deadlineMono: sinceMono + 60_000,
    over: false,
    compensating: false,
    abort: undefined,
    expire: undefined,
    ...more,
  }
  return made as Held // of which the engine may know more than this
}
