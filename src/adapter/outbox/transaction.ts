import { TielineError } from '../../core/error.ts'

/** Runs one statement. All values are text; the statement says what they mean. */
export type Query = (text: string, values: readonly string[]) => Promise<readonly Row[]>
export type Row = Readonly<Record<string, unknown>>

/** A `pg` Client or PoolClient after BEGIN. */
export interface PgTransaction {
  query(text: string, values: string[]): PromiseLike<{ readonly rows: readonly unknown[] }>
}
/** The `sql` that `postgres` hands to the callback of `sql.begin`. */
export interface PostgresJsTransaction {
  unsafe(text: string, values: string[]): PromiseLike<readonly unknown[]>
  readonly savepoint: unknown
}
/** The `tx` that Drizzle hands to the callback of `db.transaction`, on a PostgreSQL driver. */
export interface DrizzleTransaction {
  execute(query: never): PromiseLike<unknown>
  rollback(): never
}
/** The `trx` of Kysely, on its PostgreSQL dialect. */
export interface KyselyTransaction {
  readonly isTransaction: true
  executeQuery(query: never): PromiseLike<unknown>
}
/** The `tx` that Prisma hands to the callback of an interactive transaction, on PostgreSQL. */
export interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: string[]): PromiseLike<unknown>
}

/** An open transaction of any of these clients. It stays the caller's: nothing here begins, commits or ends it. */
export type Transaction =
  | PgTransaction
  | PostgresJsTransaction
  | DrizzleTransaction
  | KyselyTransaction
  | PrismaTransaction

/** Whichever of these methods is there says what it is. */
interface Methods {
  executeQuery?(query: unknown): PromiseLike<unknown>
  $queryRawUnsafe?(text: string, ...values: string[]): PromiseLike<unknown>
  unsafe?(text: string, values: string[]): PromiseLike<unknown>
  execute?(query: unknown): PromiseLike<unknown>
  query?(text: string, values: string[]): PromiseLike<unknown>
  readonly isTransaction?: unknown
  readonly $connect?: unknown
  readonly begin?: unknown
  readonly rollback?: unknown
  readonly totalCount?: unknown
  getTransactionStatus?(): unknown
}

/**
 * How to run a statement in this transaction.
 * @throws {TielineError} REQUEST_INVALID when it is none: what is written outside a transaction is there whatever becomes of the rest
 */
export function queryOf(transaction: Transaction): Query {
  if (transaction === null || (typeof transaction !== 'object' && typeof transaction !== 'function'))
    throw wrong('this is none')
  const tx = transaction as Methods
  const run = runnerOf(tx)
  return async (text, values) => rowsOf(await run(text, [...values]))
}

type Run = (text: string, values: string[]) => PromiseLike<unknown>

function runnerOf(tx: Methods): Run {
  if (typeof tx.executeQuery === 'function') {
    if (tx.isTransaction !== true) throw wrong('this is a Kysely instance outside a transaction')
    return (text, values) => tx.executeQuery!(kyselyQuery(text, values))
  }
  if (typeof tx.$queryRawUnsafe === 'function') {
    if (tx.$connect !== undefined) throw wrong('this is the Prisma client itself')
    return (text, values) => tx.$queryRawUnsafe!(text, ...values)
  }
  if (typeof tx.unsafe === 'function') {
    if (tx.begin !== undefined) throw wrong('this is the sql of postgres outside a transaction')
    return (text, values) => tx.unsafe!(text, values)
  }
  if (typeof tx.query === 'function') {
    if (tx.totalCount !== undefined)
      throw wrong('this is a pool, which runs each statement in a transaction of its own')
    // pg 8.21 and newer know: I is idle. https://www.postgresql.org/docs/current/protocol-message-formats.html (ReadyForQuery)
    if (tx.getTransactionStatus?.() === 'I') throw wrong('this is a pg client outside a transaction; await BEGIN first')
    return (text, values) => tx.query!(text, values)
  }
  if (typeof tx.execute === 'function') {
    if (typeof tx.rollback !== 'function') throw wrong('this is a Drizzle database outside a transaction')
    return (text, values) => tx.execute!(drizzleQuery(text, values))
  }
  throw wrong('this is none')
}

/** What Drizzle asks of a query: `getSQL()`, and of what that answers, `toQuery()`. */
function drizzleQuery(text: string, values: readonly string[]): unknown {
  const query = { getSQL: () => query, toQuery: () => ({ sql: text, params: values }) }
  return query
}

/** A CompiledQuery of Kysely. */
function kyselyQuery(text: string, values: readonly string[]): unknown {
  const query = { kind: 'RawNode', sqlFragments: [text], parameters: [] }
  return { sql: text, parameters: values, query, queryId: { queryId: 'tieline' } }
}

/** Some clients answer with the rows, the others with an object that has them. */
function rowsOf(answer: unknown): readonly Row[] {
  const rows = Array.isArray(answer) ? answer : (answer as { readonly rows?: unknown } | null)?.rows
  if (Array.isArray(rows)) return rows as readonly Row[]
  throw wrong('its answer has no rows')
}

function wrong(what: string): TielineError {
  return new TielineError(
    'REQUEST_INVALID',
    `tx: expected an open transaction: a pg client after BEGIN, or what postgres, Drizzle, Kysely or Prisma hand to a transaction callback; ${what}`,
  )
}
