// One flow for all tenants, sixteen calls at a time. argv: address of the provider; the store is named by TIELINE_STORE
import { cloudEvents, flow, target, tieline } from 'tieline'
import { http } from 'tieline/http'
import type { Work } from '../badday/plan.ts'
import { CONCURRENCY } from './load.ts'

const [baseUrl = ''] = process.argv.slice(2)
const provider = http('provider', { baseUrl, allow: ['127.0.0.1'] })
const work = flow('work', {
  from: cloudEvents().on('work'),
  key: (event) => (event as Work).key,
  concurrency: CONCURRENCY, // the tenant of an event is its attribute `tenant`
  to: target('work', {
    call: provider.post('/work', { name: 'work.do' }),
    with: (event, { acceptedAt }) => ({ ...(event as Work), acceptedMs: acceptedAt.getTime() }),
  }),
})

const app = tieline({ flows: [work], gateway: { port: 0 } })
const { url } = await app.start()
console.log(JSON.stringify({ url }))
process.on('SIGTERM', () => process.exit(0))
