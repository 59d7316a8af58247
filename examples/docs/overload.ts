import { cloudEvents, flow, secret, target, tieline } from 'tieline'
import { http } from 'tieline/http'
import { standardWebhooks } from 'tieline/webhook'
import { Order } from './contracts.ts'

// #region rate
const partner = standardWebhooks({
  name: 'partner',
  secret: secret('PARTNER_SECRET'),
  rate: { limit: 200, per: '1s', burst: 400 }, // requests; more is answered 429
})

const events = cloudEvents({
  token: secret('EVENTS_TOKEN'),
  rate: { limit: 20, per: '1s', each: 'tenant' }, // each tenant has this for itself
})
// #endregion

const erp = http('erp', { baseUrl: 'https://erp.example.com/api' })

// #region priority
export const orders = flow('orders', {
  from: partner.on('order.placed', Order),
  to: target('order', { input: Order, call: erp.post('/orders', { name: 'orders.create' }), with: (order) => order }),
  priority: 'critical', // never shed
})

export const visits = flow('visits', {
  from: events.on('page.visited'),
  to: target('visit', { call: erp.post('/visits', { name: 'visits.create' }), with: (visit) => visit }),
  priority: 'bulk', // shed first; the default is 'normal'
  tenant: ({ attributes }) => attributes['shop'] ?? '', // whose it is; the default is the attribute `tenant`
})
// #endregion

export default tieline({ flows: [orders, visits] })
