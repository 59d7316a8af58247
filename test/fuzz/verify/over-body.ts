import { signGithub, signShopify } from '../../../src/adapter/signature/index.ts'
import { BODIES, bySignature, one, type Scheme, same, sameKey, URI } from './signing.ts'

const SECRETS = ['made-up-old', 'made-up-new', 'made-up-other']

/** One signature in one header, over the body alone; neither time nor id is signed. It has one spelling. */
function overBody(name: string, header: string, sign: (secret: string, body: Uint8Array) => string): Scheme {
  const signings = BODIES.flatMap((body) =>
    SECRETS.slice(0, 2).map((secret) => {
      const signature = sign(secret, body)
      return { request: { method: 'POST', uri: URI, headers: { [header]: signature }, body }, secret, signature }
    }),
  )
  const known = bySignature(signings)
  return {
    name,
    about: header,
    secrets: SECRETS,
    signings,
    signed({ headers, body, secrets }) {
      const signing = known.get(one(headers, header) ?? '')
      if (signing === undefined || !secrets.some((secret) => sameKey(secret, signing.secret))) return false
      return same(signing.request.body, body)
    },
  }
}

export const github: Scheme = overBody('verify-github', 'x-hub-signature-256', signGithub)
export const shopify: Scheme = overBody('verify-shopify', 'x-shopify-hmac-sha256', signShopify)
