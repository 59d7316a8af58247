// The judge in a process of its own, when the runtimes have stopped. argv: store address, ledgers of the supervisor, the provider, the senders. Prints one line of JSON.
import { storeFromUrl } from '../../../../src/adapter/store/from-url.ts'
import type { Store, WorkRow } from '../../../../src/port/store.ts'
import { type Answered, type Called, type Life, readLedger } from '../ledger.ts'
import { judge } from './verdict.ts'

const PAGE = 500

/** All that the store knows, through its port: opening it is one more recovery. */
async function worksOf(store: Store): Promise<readonly WorkRow[]> {
  const works: WorkRow[] = []
  let after: string | undefined
  do {
    const page = await store.find({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    works.push(...page.items)
    after = page.next
  } while (after !== undefined)
  return works
}

const [url = '', lives = '', provider = '', ...senders] = process.argv.slice(2)
await using store = await storeFromUrl(url)
await store.migrate()
const verdict = judge({
  answered: senders.flatMap((path) => readLedger<Answered>(path)),
  called: readLedger<Called>(provider),
  lives: readLedger<Life>(lives),
  works: await worksOf(store),
  status: await store.status(),
})
console.log(JSON.stringify(verdict))
