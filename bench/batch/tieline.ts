// Deals into a CRM of HubSpot's dialect. argv: database, address of the CRM, batch | single
import { cloudEvents, flow, policy, rateLimit, retry, secret, target, tieline, timeout } from 'tieline'
import { hubspot } from 'tieline/hubspot'
import { sqlite } from 'tieline/sqlite'
import { BATCH, type Deal, PER_SECOND } from './load.ts'

const [path = '', baseUrl = '', mode = ''] = process.argv.slice(2)
process.env['BENCH_HUBSPOT_TOKEN'] = 'pat-bench'
const crm = hubspot({
  baseUrl,
  allow: ['127.0.0.1'],
  token: secret('BENCH_HUBSPOT_TOKEN'),
  policy: policy(rateLimit({ limit: PER_SECOND, per: '1s' }), retry({ attempts: 2 }), timeout('10s')),
})
const deals = flow('deals', {
  from: cloudEvents().on('deal'),
  key: (event) => (event as Deal).id,
  to: target('deal', {
    call: crm.deals.upsert,
    with: (event) => {
      const { id, amount } = event as Deal
      return { by: 'payment_id', id, name: `Payment ${id}`, amount }
    },
  }),
  ...(mode === 'batch' && { batch: { count: BATCH } }),
})

const app = tieline({ store: sqlite(path), flows: [deals], gateway: { port: 0 } })
const { url } = await app.start()
console.log(JSON.stringify({ url }))
process.on('SIGTERM', () => process.exit(0))
