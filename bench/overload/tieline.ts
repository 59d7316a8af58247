// A source and a flow for each class, as the documents advise: bulk is shed before it is read. argv: database, address of the provider
import { cloudEvents, flow, target, tieline } from 'tieline'
import { http } from 'tieline/http'
import { sqlite } from 'tieline/sqlite'
import type { Work } from '../badday/plan.ts'
import { CLASSES } from './classes.ts'

const [path = '', baseUrl = ''] = process.argv.slice(2)
const provider = http('provider', { baseUrl, allow: ['127.0.0.1'] })
const flows = CLASSES.map((priority) =>
  flow(priority, {
    from: cloudEvents({ name: priority }).on(priority),
    key: (event) => (event as Work).key,
    priority,
    to: target(priority, {
      call: provider.post('/work', { name: `work.${priority}` }),
      with: (event, { acceptedAt }) => ({ ...(event as Work), acceptedMs: acceptedAt.getTime() }),
    }),
  }),
)

const app = tieline({ store: sqlite(path), flows, gateway: { port: 0 } })
const { url } = await app.start()
console.log(JSON.stringify({ url }))
process.on('SIGTERM', () => process.exit(0))
