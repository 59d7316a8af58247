import { createRequire } from 'node:module'
import { end, isTime, passing } from './passage.ts'

type Content = 'recovery' | 'sharing' | 'burial' | 'accept' | 'claim' | 'journal' | 'settle' | 'retry'

/** What a statement or transaction is about, by words that only such a one has (src/adapter/store/postgres). Several may share one. */
const SIGNS: readonly (readonly [Content, RegExp])[] = [
  ['recovery', /INSERT INTO \S+\.worker\(/],
  ['sharing', /SET owner = \$1/],
  ['burial', /DELETE FROM \S+\.worker/],
  ['accept', /nextval\('\S+work_id'\)/],
  ['claim', /INTO \w+\.inflight/],
  ['journal', /SET journal = excluded\.journal\s*$/],
  ['settle', /AS settled\b/],
  ['retry', /SET attempt = excluded\.attempt/],
]

interface Query {
  readonly text?: string
}

interface Client {
  query(query: Query | string, ...rest: readonly unknown[]): unknown
}

/** The commits of the store, by what they hold: where it is about to send one, has sent it, and has its answer. */
export function watchPostgres(): void {
  const { Client } = createRequire(import.meta.url)('pg') as { readonly Client: { readonly prototype: Client } }
  const { query: original } = Client.prototype
  /** By connection: what its open transaction holds. */
  const open = new WeakMap<Client, Set<Content>>()

  function watched(this: Client, query: Query | string, ...rest: readonly unknown[]): unknown {
    const text = typeof query === 'string' ? query : (query.text ?? '')
    const contents = SIGNS.filter(([, sign]) => sign.test(text)).map(([content]) => content)
    const transaction = open.get(this)
    if (/^BEGIN/.test(text)) open.set(this, new Set())
    else if (/^(COMMIT|ROLLBACK)/.test(text)) open.delete(this)
    else if (transaction !== undefined) for (const content of contents) transaction.add(content)

    const commits = text.startsWith('COMMIT') ? [...(transaction ?? [])] : transaction === undefined ? contents : []
    for (const content of commits) passing(`before ${content} commits`)
    const answer = original.call(this, query, ...rest)
    // The next turn of the loop: by then the bytes are with the system.
    if (commits.some((content) => isTime(`after ${content} is sent`))) setImmediate(end)
    if (commits.length === 0 || !(answer instanceof Promise)) return answer
    return answer.then((result) => {
      for (const content of commits) passing(`after ${content} commits`)
      return result
    })
  }
  Object.assign(Client.prototype, { query: watched })
}
