import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import {
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type CryptoKey,
  modifyAssertion,
  PrivateKeyJwt,
} from 'oauth4webapi'
import { TielineError } from '../../core/error.ts'
import type { Credential, OAuth2JwtBearer, SigningAlgorithm, SigningKey } from '../../declare/credential/credential.ts'
import type { Material } from './material.ts'

const LIFE_S = 60 // of a statement; NetSuite takes up to an hour, Salesforce three minutes

/** How the client proves who it is (RFC 6749 section 2.3, RFC 7523 section 2.2). @throws {TielineError} CONFIG_INVALID */
export async function clientAuth(credential: Credential, material: Material, nowMs: number): Promise<ClientAuth> {
  const { client, kind, scope } = credential
  const proof = material.proof ?? ''
  switch (client.by) {
    case 'client_secret_basic':
      return ClientSecretBasic(proof)
    case 'client_secret_post':
      return ClientSecretPost(proof)
    case 'private_key_jwt': {
      const { keyId, audience } = client.key
      const key = await keyOf(client.key, proof)
      return PrivateKeyJwt(keyId === undefined ? { key } : { key, kid: keyId }, {
        [modifyAssertion]: (header, payload) => {
          Object.assign(header, { typ: 'JWT' })
          Object.assign(payload, { aud: audience, ...times(nowMs) })
          if (scope !== undefined) payload['scope'] = scope.split(' ')
        },
      })
    }
    case 'none':
      // A statement names its client itself (RFC 7521 section 4.1).
      return (_server: unknown, { client_id }: Client, body: URLSearchParams) => {
        if (kind !== 'oauth2 jwt bearer') body.set('client_id', client_id)
      }
  }
}

/** The signed grant (RFC 7523 section 3). @throws {TielineError} CONFIG_INVALID */
export async function statementOf(
  { key, subject }: OAuth2JwtBearer,
  material: Material,
  nowMs: number,
): Promise<string> {
  const header = { alg: key.algorithm, typ: 'JWT', ...(key.keyId === undefined ? {} : { kid: key.keyId }) }
  const claims = { iss: material.clientId, sub: subject, aud: key.audience, jti: randomUUID(), ...times(nowMs) }
  return new SignJWT(claims).setProtectedHeader(header).sign(await keyOf(key, material.grant ?? ''))
}

function times(nowMs: number): { iat: number; nbf: number; exp: number } {
  const now = Math.floor(nowMs / 1_000)
  return { iat: now, nbf: now, exp: now + LIFE_S }
}

const CURVES = Object.freeze({ ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' })

function parametersOf(algorithm: SigningAlgorithm): Parameters<KeyObject['toCryptoKey']>[0] {
  if (algorithm === 'ES256' || algorithm === 'ES384' || algorithm === 'ES512') {
    return { name: 'ECDSA', namedCurve: CURVES[algorithm] }
  }
  return { name: algorithm.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: `SHA-${algorithm.slice(2)}` }
}

async function keyOf({ secret, algorithm }: SigningKey, pem: string): Promise<CryptoKey> {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n')).toCryptoKey(parametersOf(algorithm), false, [
      'sign',
    ]) as CryptoKey
  } catch {
    throw new TielineError(
      'CONFIG_INVALID',
      `secret ${secret.secret}: not a private key in PEM that is good for ${algorithm}`,
      {
        disposition: 'retry',
      },
    )
  }
}
