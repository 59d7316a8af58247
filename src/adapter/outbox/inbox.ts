import { checkName } from '../../core/name.ts'
import { schemaName } from './schema-name.ts'
import { textField } from './text-field.ts'
import { queryOf, type Transaction } from './transaction.ts'

export interface InboxOptions {
  /** Schema of the PostgreSQL store's tables. Default `tieline`. */
  readonly schema?: string
}

/** What a handler has handled. */
export interface Inbox {
  readonly name: string
  /**
   * True the first time, false when the message was handled already. Its record commits or rolls back with whatever else the transaction
   * writes. A concurrent second one waits for the first to end. Handled messages are remembered until `inbox_purge` drops them.
   * @throws {TielineError} REQUEST_INVALID naming the field
   */
  once(tx: Transaction, message: { readonly source: string; readonly id: string }): Promise<boolean>
}

/** Ids of CloudEvents carry their source. Characters. */
const LONGEST = 8_192

/**
 * The inbox of one handler; another handler of the same message has another name. `const ledger = inbox('ledger')`, then in its transaction
 * `if (await ledger.once(tx, message)) …`.
 * @throws {TielineError} DECLARATION_INVALID
 */
export function inbox(name: string, { schema = 'tieline' }: InboxOptions = {}): Inbox {
  checkName('inbox', name)
  const statement = `SELECT ${schemaName(schema)}.inbox_once($1::text, $2::text, $3::text) AS first`
  return Object.freeze({
    name,
    once: async (tx: Transaction, message: { readonly source: string; readonly id: string }) => {
      const query = queryOf(tx)
      const values = [name, textField(message.source, 'source', LONGEST), textField(message.id, 'id', LONGEST)]
      return (await query(statement, values))[0]?.['first'] === true
    },
  })
}
