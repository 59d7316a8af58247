import { generateKeyPairSync } from 'node:crypto'
import { sign as signOctokit } from '@octokit/webhooks-methods'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { signHubspot, signShopify, signStandard, signStripe } from '../../adapter/signature/index.ts'
import type { Scheme } from '../../declare/source/source.ts'
import type { SignedRequest } from './verdict.ts'
import { verifierOf } from './verifier.ts'

const NOW = 1_788_000_000_000
const TOLERANCE = 300_000
const URI = 'https://hooks.example.com/in/hubspot?a=1'
const BODY = JSON.stringify({ id: 'evt_1', type: 'payment_intent.succeeded', data: { name: 'Zoë – 東京' } })

interface Sender {
  readonly scheme: Scheme
  readonly name: string
  readonly secrets: readonly [string, string]
  /** Headers that the provider would send: signed by its own SDK where it has one. */
  readonly sign: (secret: string, body: string, atMs: number) => Promise<Record<string, string>>
  /** The headers of which no byte may change. */
  readonly signed: readonly string[]
  readonly stamped: boolean
}

const stripe = new Stripe('sk_test_made_up')
const ed25519 = [ed25519Pair(), ed25519Pair()] as const

const SENDERS: readonly Sender[] = [
  {
    scheme: 'stripe',
    name: 'stripe, by its SDK',
    secrets: ['whsec_made_up_old', 'whsec_made_up_new'],
    sign: async (secret, payload, atMs) => ({
      'stripe-signature': stripe.webhooks.generateTestHeaderString({
        payload,
        secret,
        timestamp: Math.floor(atMs / 1000),
      }),
    }),
    signed: ['stripe-signature'],
    stamped: true,
  },
  {
    scheme: 'standard-webhooks',
    name: 'standard-webhooks v1, by its SDK',
    secrets: [`whsec_${key(1)}`, `whsec_${key(2)}`],
    sign: async (secret, body, atMs) => ({
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(atMs / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', new Date(atMs), body),
    }),
    signed: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    stamped: true,
  },
  {
    scheme: 'standard-webhooks',
    name: 'standard-webhooks v1a',
    secrets: [ed25519[0].public, ed25519[1].public],
    sign: async (secret, body, atMs) => ({
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(atMs / 1000)),
      'webhook-signature': signStandard(
        ed25519.find((pair) => pair.public === secret)?.private ?? ed25519Pair().private,
        'msg_1',
        atMs / 1000,
        Buffer.from(body),
      ),
    }),
    signed: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    stamped: true,
  },
  {
    scheme: 'hubspot-v3',
    name: 'hubspot-v3',
    secrets: ['made-up-client-secret-old', 'made-up-client-secret-new'],
    sign: async (secret, body, atMs) => ({
      'x-hubspot-request-timestamp': String(atMs),
      'x-hubspot-signature-v3': signHubspot(secret, 'POST', URI, Buffer.from(body), atMs),
    }),
    signed: ['x-hubspot-request-timestamp', 'x-hubspot-signature-v3'],
    stamped: true,
  },
  {
    scheme: 'shopify',
    name: 'shopify',
    secrets: ['made-up-shopify-old', 'made-up-shopify-new'],
    sign: async (secret, body) => ({ 'x-shopify-hmac-sha256': signShopify(secret, Buffer.from(body)) }),
    signed: ['x-shopify-hmac-sha256'],
    stamped: false,
  },
  {
    scheme: 'github',
    name: 'github, by its SDK',
    secrets: ['made-up-github-old', 'made-up-github-new'],
    sign: async (secret, body) => ({ 'x-hub-signature-256': await signOctokit(secret, body) }),
    signed: ['x-hub-signature-256'],
    stamped: false,
  },
]

describe.each(SENDERS)('$name', ({ scheme, secrets: [old, fresh], sign, signed, stamped }) => {
  const verify = verifierOf(scheme)
  const judge = (headers: Record<string, string>, body: string | Buffer = BODY, secrets = [fresh], nowMs = NOW) =>
    verify(request(headers, body), secrets, nowMs, TOLERANCE)

  it('accepts what the sender signs', async () => {
    expect(judge(await sign(fresh, BODY, NOW))).toBe('genuine')
    expect(judge(await sign(fresh, '{}', NOW), '{}')).toBe('genuine')
  })

  it('accepts both secrets while they rotate, and neither afterwards', async () => {
    expect(judge(await sign(old, BODY, NOW), BODY, [fresh, old])).toBe('genuine')
    expect(judge(await sign(fresh, BODY, NOW), BODY, [fresh, old])).toBe('genuine')
    expect(judge(await sign(old, BODY, NOW), BODY, [fresh])).toBe('mismatch')
  })

  it('names missing headers', async () => {
    const headers = await sign(fresh, BODY, NOW)
    for (const name of signed) {
      const { [name]: _, ...rest } = headers
      expect(judge(rest)).toBe('missing')
    }
  })

  if (stamped) {
    it('refuses stale and future stamps, at the edge', async () => {
      const headers = await sign(fresh, BODY, NOW)
      expect(judge(headers, BODY, [fresh], NOW + TOLERANCE)).toBe('genuine')
      expect(judge(headers, BODY, [fresh], NOW - TOLERANCE)).toBe('genuine')
      expect(judge(headers, BODY, [fresh], NOW + TOLERANCE + 1)).toBe('stale')
      expect(judge(headers, BODY, [fresh], NOW - TOLERANCE - 1)).toBe('future')
    })
  }

  it('refuses any changed byte of the body', async () => {
    const headers = await sign(fresh, BODY, NOW)
    const length = Buffer.byteLength(BODY)
    fc.assert(
      fc.property(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const body = Buffer.from(BODY)
        body[at]! ^= change
        expect(judge(headers, body)).toBe('mismatch')
      }),
    )
  })

  it('refuses any changed byte of what is signed in the headers', async () => {
    const headers = await sign(fresh, BODY, NOW)
    for (const name of signed) {
      const value = headers[name]!
      fc.assert(
        fc.property(fc.nat(value.length - 1), fc.integer({ min: 0x20, max: 0xff }), (at, code) => {
          fc.pre(value.charCodeAt(at) !== code)
          const changed = value.slice(0, at) + String.fromCharCode(code) + value.slice(at + 1)
          expect(judge({ ...headers, [name]: changed })).not.toBe('genuine')
        }),
        { numRuns: 300 },
      )
    }
  })

  it('answers with a verdict whatever the headers hold', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'t=v01a,. whsec_9') }))
    fc.assert(
      fc.property(fc.array(text, { minLength: signed.length, maxLength: signed.length }), (values) => {
        const headers = Object.fromEntries(signed.map((name, i) => [name, values[i]!]))
        expect(['malformed', 'mismatch', 'stale', 'future']).toContain(judge(headers))
      }),
    )
  })
})

describe('stripe', () => {
  const verify = verifierOf('stripe')
  const mac = (secret: string) => signStripe(secret, NOW / 1000, Buffer.from(BODY)).split('v1=')[1]!
  const judge = (header: string) => verify(request({ 'stripe-signature': header }, BODY), ['whsec_a'], NOW, TOLERANCE)

  it('takes any of several v1 signatures and no v0', () => {
    const time = `t=${NOW / 1000}`
    expect(judge(`${time},v1=${mac('whsec_b')},v1=${mac('whsec_a')}`)).toBe('genuine')
    expect(judge(`${time},v0=${mac('whsec_a')},v1=${mac('whsec_b')}`)).toBe('mismatch')
    expect(judge(`${time},v0=${mac('whsec_a')}`)).toBe('malformed')
    expect(judge(`${time},${time},v1=${mac('whsec_a')}`)).toBe('malformed')
    expect(judge(`${time},v1=${mac('whsec_a').toUpperCase()}`)).toBe('mismatch')
    expect(judge(time + `,v1=${mac('whsec_a')}`.repeat(17))).toBe('malformed')
  })

  it('uses the secret as it is written, unlike Standard Webhooks', () => {
    const header = signStripe(`whsec_${key(1)}`, NOW / 1000, Buffer.from(BODY))
    expect(
      verify(request({ 'stripe-signature': header }, BODY), [Buffer.from(key(1), 'base64').toString()], NOW, TOLERANCE),
    ).toBe('mismatch')
  })
})

describe('standard-webhooks', () => {
  const headers = (signature: string, id = 'msg_1') => ({
    'webhook-id': id,
    'webhook-timestamp': String(NOW / 1000),
    'webhook-signature': signature,
  })
  const good = signStandard(`whsec_${key(1)}`, 'msg_1', NOW / 1000, Buffer.from(BODY))
  const judge = (given: Record<string, string>, ...secrets: string[]) =>
    verifierOf('standard-webhooks')(request(given, BODY), secrets, NOW, TOLERANCE)

  it('reproduces the published example', () => {
    const example = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }
    const verify = verifierOf('standard-webhooks')
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']
    expect(verify(request(example, '{"test": 2432232314}'), secrets, 1_614_265_330_000, 0)).toBe('genuine')
  })

  it('takes any signature of the list, of either kind, for secrets of either kind', () => {
    const asymmetric = signStandard(ed25519[0].private, 'msg_1', NOW / 1000, Buffer.from(BODY))
    const list = `v1,AAAA v9,x ${asymmetric} ${good}`
    expect(judge(headers(list), `whsec_${key(1)}`)).toBe('genuine')
    expect(judge(headers(list), key(1))).toBe('genuine')
    expect(judge(headers(list), `whsec_${key(3)}`, ed25519[0].public)).toBe('genuine')
    expect(judge(headers(list), ed25519[1].public)).toBe('mismatch')
    expect(judge(headers(Array(17).fill(good).join(' ')), `whsec_${key(1)}`)).toBe('malformed')
  })

  it('refuses a full stop in the id: it would move what is signed', () => {
    expect(judge(headers(good, 'msg.1'), `whsec_${key(1)}`)).toBe('malformed')
    expect(() => signStandard(`whsec_${key(1)}`, 'msg.1', 1, Buffer.alloc(0))).toThrow('full stop')
  })

  it('says when no secret can be one, without its value, and goes on with the other', () => {
    const short = `whsec_${Buffer.alloc(23, 7).toString('base64')}`
    const long = `whsec_${Buffer.alloc(65, 7).toString('base64')}`
    for (const bad of [short, long, 'whsec_not base64!', 'whpk_AAAA', 'whpk_']) {
      expect(() => judge(headers(good), bad)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
      expect(() => judge(headers(good), bad)).not.toThrow(bad.slice(6, 20) || 'whpk_"')
      expect(judge(headers(good), bad, `whsec_${key(1)}`)).toBe('genuine')
    }
  })
})

describe('hubspot-v3', () => {
  it('signs the address as HubSpot documents it: its twelve characters decoded, other escapes kept', () => {
    const sent = 'https://x.example/in/h?u=a%3Ab%2fc%3F%40%21%24%27%28%29%2A%2C%3B%20%26%253A'
    const decoded = "https://x.example/in/h?u=a:b/c?@!$'()*,;%20%26%253A"
    const signature = signHubspot('made-up', 'POST', decoded, Buffer.from(BODY), NOW)
    const headers = { 'x-hubspot-request-timestamp': String(NOW), 'x-hubspot-signature-v3': signature }
    const verify = verifierOf('hubspot-v3')
    expect(verify({ ...request(headers, BODY), uri: sent }, ['made-up'], NOW, TOLERANCE)).toBe('genuine')
    expect(verify({ ...request(headers, BODY), uri: `${sent}x` }, ['made-up'], NOW, TOLERANCE)).toBe('mismatch')
    expect(verify({ ...request(headers, BODY), uri: sent, method: 'PUT' }, ['made-up'], NOW, TOLERANCE)).toBe(
      'mismatch',
    )
  })
})

describe('github', () => {
  it('reproduces the documented example', () => {
    const headers = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    }
    const verify = verifierOf('github')
    expect(verify(request(headers, 'Hello, World!'), ["It's a Secret to Everybody"], NOW, 0)).toBe('genuine')
  })
})

describe('cloudevents bearer token', () => {
  const judge = (authorization?: string) =>
    verifierOf('cloudevents')(request(authorization === undefined ? {} : { authorization }, ''), ['new', 'old'], 0, 0)

  it('takes either token and nothing else', () => {
    expect(judge('Bearer new')).toBe('genuine')
    expect(judge('bearer old')).toBe('genuine')
    expect(judge('Bearer other')).toBe('mismatch')
    expect(judge('Bearer new2')).toBe('mismatch')
    expect(judge('Basic new')).toBe('malformed')
    expect(judge('Bearer ')).toBe('malformed')
    expect(judge()).toBe('missing')
  })
})

function request(headers: Record<string, string>, body: string | Buffer): SignedRequest {
  return { method: 'POST', uri: URI, headers, body: Buffer.from(body as string) }
}

function key(fill: number): string {
  return Buffer.alloc(32, fill).toString('base64')
}

function ed25519Pair(): { readonly private: string; readonly public: string } {
  const pair = generateKeyPairSync('ed25519')
  const { d } = pair.privateKey.export({ format: 'jwk' })
  const { x } = pair.publicKey.export({ format: 'jwk' })
  return {
    private: `whsk_${Buffer.from(d ?? '', 'base64url').toString('base64')}`,
    public: `whpk_${Buffer.from(x ?? '', 'base64url').toString('base64')}`,
  }
}
