import { cloudEvents, secret } from 'tieline'
import { github } from 'tieline/github'
import { hubspot } from 'tieline/hubspot'
import { shopify } from 'tieline/shopify'
import { stripe } from 'tieline/stripe'
import { standardWebhooks } from 'tieline/webhook'
import { expect, it } from 'vitest'

const rate = { limit: 5, per: '1s' } as const
const webhookSecret = secret('S')

it.each([
  stripe({ webhookSecret, rate }),
  hubspot({ webhookSecret, rate }),
  shopify({ webhookSecret, rate }),
  github({ webhookSecret, rate }),
  standardWebhooks({ secret: webhookSecret, rate }),
  cloudEvents({ rate }),
])('a rate may be given to every source word', ({ endpoint }) => {
  expect(endpoint.rate?.layer).toMatchObject({ limit: 5, perMs: 1_000, burst: 5 })
})

it('without one there is none', () => {
  expect(stripe({ webhookSecret }).endpoint.rate).toBe(undefined)
})
