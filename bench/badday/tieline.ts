// Five providers, each with a flow of its own and the policy that a careful user declares. argv: database, addresses of the providers
import {
  breaker,
  bulkhead,
  cloudEvents,
  flow,
  policy,
  rateLimit,
  retry,
  retryBudget,
  target,
  tieline,
  timeout,
} from 'tieline'
import { http } from 'tieline/http'
import { sqlite } from 'tieline/sqlite'
import { CARE } from './care.ts'
import type { Work } from './plan.ts'

const [path = '', ...urls] = process.argv.slice(2)
const events = cloudEvents()
const careful = policy(
  bulkhead(CARE.concurrency),
  rateLimit({ limit: CARE.perSecond, per: '1s' }),
  retry({ attempts: CARE.tries, base: '100ms', max: '1s', budget: retryBudget({ ratio: 0.1 }) }),
  breaker({
    failureRate: CARE.breaker.failureRate,
    within: `${CARE.breaker.withinMs}ms`,
    halfOpenAfter: `${CARE.breaker.halfOpenAfterMs}ms`,
  }),
  timeout(`${CARE.timeoutMs}ms`),
)

const flows = urls.map((baseUrl, i) => {
  const provider = http(`provider-${i + 1}`, { baseUrl, allow: ['127.0.0.1'], policy: careful })
  return flow(`flow-${i + 1}`, {
    from: events.on(`work-${i + 1}`),
    key: (work) => (work as Work).key,
    to: target(`work-${i + 1}`, {
      call: provider.post('/work', { name: 'work.do' }),
      with: (work, { acceptedAt }) => ({ ...(work as Work), acceptedMs: acceptedAt.getTime() }),
    }),
    retry: { attempts: CARE.attempts, base: `${CARE.backoff.baseMs}ms`, max: `${CARE.backoff.maxMs}ms` },
  })
})

const app = tieline({ store: sqlite(path), flows, gateway: { port: 0 } })
const { url } = await app.start()
console.log(JSON.stringify({ url }))
process.on('SIGTERM', () => process.exit(0))
