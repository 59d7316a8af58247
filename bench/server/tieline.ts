// The product as people run it: a Stripe source, a flow, the embedded store. argv: database, sink, working | paused
import { flow, target, tieline } from 'tieline'
import { http } from 'tieline/http'
import { sqlite } from 'tieline/sqlite'
import { stripe } from 'tieline/stripe'
import { SECRET } from '../load/stripe-events.ts'
import { dealOf } from './deal.ts'

const [path = '', sinkUrl = '', mode = 'working'] = process.argv.slice(2)
process.env['BENCH_STRIPE_SECRET'] = SECRET
const sink = http('sink', { baseUrl: sinkUrl, allow: ['127.0.0.1'] })
const payments = stripe({ webhookSecret: { kind: 'secret', secret: 'BENCH_STRIPE_SECRET' } })
const deals = flow('deals', {
  from: payments.on('payment_intent.succeeded'),
  key: (intent) => intent.customer ?? intent.id,
  to: target('deal', {
    call: sink.post('/deals', { name: 'deals.create' }),
    with: dealOf,
  }),
})

const app = tieline({ store: sqlite(path), flows: [deals], gateway: { port: 0 } })
const { url } = await app.start()
if (mode === 'paused') {
  const answer = await fetch(`${url}/admin/v1/pause`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ target: 'flow:deals', why: 'only intake is measured' }),
  })
  if (!answer.ok) throw new Error(`pause: ${answer.status} ${await answer.text()}`)
}
console.log(JSON.stringify({ url }))
process.on('SIGTERM', () => process.exit(0))
