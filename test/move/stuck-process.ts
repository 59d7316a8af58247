// stuck-process.ts sqlite PATH | stuck-process.ts URL SCHEMA: claims one message and never ends it. Prints `claimed`.
import { postgres } from '../../src/adapter/store/postgres/index.ts'
import { sqlite } from '../../src/adapter/store/sqlite/index.ts'
import { message, settle } from './fill.ts'

const [where = '', name = ''] = process.argv.slice(2)
const store = where === 'sqlite' ? sqlite(name) : postgres(where, { schema: name, leaseMs: 1_000 })
await store.migrate()
await store.accept([message('poison')])
await settle(store, { 'orders poison': () => [] })
console.log('claimed')
setInterval(() => {}, 1_000)
