export { type Inbox, type InboxOptions, inbox } from './inbox.ts'
export { type OutboxEvents, type OutboxSpec, outbox, type Publication } from './outbox.ts'
export type {
  DrizzleTransaction,
  KyselyTransaction,
  PgTransaction,
  PostgresJsTransaction,
  PrismaTransaction,
  Transaction,
} from './transaction.ts'
