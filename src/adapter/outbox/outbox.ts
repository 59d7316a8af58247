import { TielineError } from '../../core/error.ts'
import type { Contract, ValueOf } from '../../declare/contract/contract.ts'
import { type Endpoint, endpoint, type Source, source } from '../../declare/source/source.ts'
import { LIMITS } from './limits.ts'
import { type Given, written } from './message.ts'
import { schemaName } from './schema-name.ts'
import { queryOf, type Transaction } from './transaction.ts'

// biome-ignore lint/suspicious/noExplicitAny: each event has a contract of its own
type Events = Readonly<Record<string, Contract<any>>>

export interface OutboxSpec<E extends Events> {
  /** What is published here: the contract of each type. Its key is the entity whose messages keep their order, whatever their types. */
  readonly events: E
  /** Schema of the PostgreSQL store's tables. Default `tieline`. */
  readonly schema?: string
}

/** A message to publish. */
export type Publication<E extends Events> = {
  readonly [T in keyof E & string]: {
    readonly type: T
    readonly data: ValueOf<E[T]>
    /** With the source its identity: a repeat is recognised by it. Default: a random UUID. */
    readonly id?: string
    /** Further context attributes: `subject`, `tenant`, `traceparent` … `time` and `partitionkey` are set. */
    readonly attributes?: Readonly<Record<string, string>>
  }
}[keyof E & string]

/** Where an application publishes, and what flows start from. */
export interface OutboxEvents<E extends Events> {
  readonly endpoint: Endpoint
  /** Events of one type. One that breaks its contract is quarantined. */
  on<T extends keyof E & string>(type: T): Source<ValueOf<E[T]>>
  /**
   * Publishes in the caller's transaction: commit decides, rollback leaves nothing. Messages of one key run in the order in which their
   * transactions commit; for that a second transaction waits here until the first, which published to the same key, has ended. Publish
   * last, and all at once. At most 1,000 messages, each of at most 1 MiB.
   * @returns their ids
   * @throws {TielineError} REQUEST_INVALID naming the field, CONTRACT_BROKEN; then nothing was sent. Errors of the database come as they are.
   */
  publish(tx: Transaction, messages: Publication<E> | readonly Publication<E>[]): Promise<readonly string[]>
}

/**
 * Declares the outbox of an application that shares its database with the PostgreSQL store:
 * `outbox('shop', { events: { 'order.placed': OrderPlaced } })`.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function outbox<E extends Events>(name: string, { events, schema = 'tieline' }: OutboxSpec<E>): OutboxEvents<E> {
  const from = endpoint({ name, scheme: 'outbox', read: unread })
  const declared: E = Object.freeze({ ...events })
  const statement = `SELECT array_to_json(${schemaName(schema)}.publish_all($1::text))::text AS ids`
  if (Object.keys(declared).length === 0) {
    throw new TielineError('DECLARATION_INVALID', `outbox ${name}: events: give the contract of at least one type`)
  }
  return Object.freeze({
    endpoint: from,
    on: <T extends keyof E & string>(type: T) => {
      const contract = declared[type]
      if (contract === undefined) {
        throw new TielineError(
          'DECLARATION_INVALID',
          `outbox ${name} has no event ${JSON.stringify(type)}; it has ${Object.keys(declared).join(', ')}`,
        )
      }
      return source<ValueOf<E[T]>>({ endpoint: from, type, contract })
    },
    publish: async (tx: Transaction, messages: Publication<E> | readonly Publication<E>[]) => {
      const query = queryOf(tx)
      const list = (Array.isArray(messages) ? messages : [messages]) as readonly Given[]
      if (list.length > LIMITS.messages) {
        throw new TielineError('REQUEST_INVALID', `messages: ${list.length} are more than ${LIMITS.messages} at once`)
      }
      if (list.length === 0) return []
      const rows = list.map((message, i) => written(name, declared, message, list.length === 1 ? '' : `message ${i}: `))
      const [row] = await query(statement, [JSON.stringify(rows)])
      return JSON.parse(String(row?.['ids'])) as readonly string[]
    },
  })
}

/** Nobody sends these over HTTP: the relay moves them in. */
function unread(): never {
  throw new TielineError('BODY_MALFORMED', 'an outbox takes no requests')
}
