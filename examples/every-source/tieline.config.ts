import { cloudEvents, flow, type Source, secret, target, tieline } from 'tieline'
import { github } from 'tieline/github'
import { http } from 'tieline/http'
import { hubspot } from 'tieline/hubspot'
import { shopify } from 'tieline/shopify'
import { stripe } from 'tieline/stripe'
import { standardWebhooks } from 'tieline/webhook'

const sinkUrl = process.env['SINK_URL'] ?? 'http://127.0.0.1:4410'
const sink = http('sink', {
  baseUrl: sinkUrl,
  allow: [new URL(sinkUrl).hostname],
  // HTTP's own meaning is finer (a 408 may be tried again, a 501 not); this sink keeps to three rules.
  faults: {
    source: 'examples/every-source',
    rows: [
      { status: 429, means: 'retry-after', why: 'too many requests' },
      { status: '4xx', means: 'stop', why: 'refused for good' },
      { status: '5xx', means: 'retry', why: 'the sink failed' },
    ],
  },
})

/** One source, one flow: every event goes to `$SINK_URL/<source>` as it is. */
function forward<E>(
  name: string,
  from: Source<E>,
  key?: (event: E, subject: string | undefined) => string | undefined,
) {
  return flow(name, {
    from,
    key: (event, message) => key?.(event, message.attributes['subject']) ?? message.id,
    to: target(`${name}-sink`, {
      call: sink.post(`/${name}`, { name }),
      with: (data: E, { source, id, type, key: ordering }) => ({ source, id, type, key: ordering, data }),
    }),
    retry: { attempts: 21, base: '100ms', max: '30s' }, // the first and 20 more
    onDead: 'release key', // every message for itself: one that is refused holds up nobody
  })
}

const ofStripe = stripe({ webhookSecret: secret('TIELINE_SECRET_STRIPE') })
const ofStandard = standardWebhooks({ name: 'standard', secret: secret('TIELINE_SECRET_STANDARD') })
const ofHubspot = hubspot({ webhookSecret: secret('TIELINE_SECRET_HUBSPOT') })
const ofShopify = shopify({ webhookSecret: secret('TIELINE_SECRET_SHOPIFY') })
const ofGithub = github({ webhookSecret: secret('TIELINE_SECRET_GITHUB') })

export default tieline({
  flows: [
    forward('stripe', ofStripe.any(), ({ data: { object } }) => {
      const { customer, id } = object as { customer?: unknown; id?: unknown }
      return typeof customer === 'string' ? customer : typeof id === 'string' ? id : undefined
    }),
    forward('standard', ofStandard.any()),
    forward('hubspot', ofHubspot.any()),
    forward('shopify', ofShopify.any()),
    forward('github', ofGithub.any()),
    forward('events', cloudEvents().any(), (_, subject) => subject),
  ],
})
