import {
  type AnsweredFault,
  jsonAnswer,
  type Provider,
  type ProviderAnswer,
  type ProviderContext,
  type ProviderRequest,
} from '../provider.ts'
import { authenticated, isSigned, known, type OAuthClient, readStatement, type Statement } from './client.ts'
import { NO_STORE, Refusal } from './refusal.ts'

export interface OAuthOptions {
  readonly clients: readonly OAuthClient[]
  /** Life of an access token, seconds. Default 3 600. */
  readonly lifeS?: number
  /** A new refresh token with each access token; the old one is spent. Default true. */
  readonly rotate?: boolean
  /** How long a spent refresh token is still taken, as some servers do for answers that were lost. Milliseconds, default 0. */
  readonly graceMs?: number
  /** `aud` that statements must have. Default: any. */
  readonly audience?: string
}

export interface OAuthEffect {
  readonly seq: number
  readonly atMs: number
  readonly kind: 'issued' | 'refused' | 'revoked'
  readonly grant: string
  readonly client: string
  /** Of a refusal: its error. */
  readonly error?: string
}

export interface OAuthLedger {
  readonly effects: readonly OAuthEffect[]
}

/** A token endpoint, and what it knows of tokens. */
export interface OAuth extends Provider<OAuthLedger> {
  /** Whether an API takes this access token now: `Bearer` and all. */
  accepts(authorization: string | undefined, nowMs: number): boolean
  /** Takes back all tokens that were given, access and refresh. Returns how many. */
  revoke(): number
}

interface Family {
  readonly client: string
  newest: string
  revoked: boolean
}

interface Refresh {
  readonly family: Family
  /** When a newer one took its place. */
  spentMs: number | undefined
}

interface State {
  readonly access: Map<string, { readonly endsMs: number; readonly family: Family | undefined }>
  readonly refresh: Map<string, Refresh>
  readonly statements: Set<string>
  readonly effects: OAuthEffect[]
}

export const TOKEN_PATH = '/oauth2/token'
const STATEMENT_SKEW_S = 30

/**
 * An authorization server: `POST /oauth2/token` with client credentials, refresh tokens and JWT bearer statements. A refresh token is good
 * once; its second use revokes all that came of the same grant (RFC 9700 section 4.14.2).
 */
export function oauth(options: OAuthOptions): OAuth {
  const { clients, lifeS = 3_600, rotate = true, graceMs = 0, audience } = options
  let state = empty()

  function empty(): State {
    const refresh = new Map<string, Refresh>()
    for (const client of clients) {
      for (const token of client.refreshTokens ?? []) {
        refresh.set(token, { family: { client: client.id, newest: token, revoked: false }, spentMs: undefined })
      }
    }
    return { access: new Map(), refresh, statements: new Set(), effects: [] }
  }

  function note(context: ProviderContext, effect: Omit<OAuthEffect, 'seq' | 'atMs'>): void {
    state.effects.push({ seq: state.effects.length + 1, atMs: context.nowMs, ...effect })
  }

  function judge(nowMs: number) {
    return (statement: Statement, client: OAuthClient, error: 'invalid_client' | 'invalid_grant'): void => {
      const { aud, exp, nbf, jti } = statement.claims
      const now = nowMs / 1_000
      const wrong = (why: string): Refusal => new Refusal(error, why)
      if (!isSigned(statement, client)) throw wrong('the signature does not fit')
      if (audience !== undefined && aud !== audience) throw wrong('aud is another server')
      if (typeof exp !== 'number' || exp < now - STATEMENT_SKEW_S) throw wrong('the statement has ended')
      if (typeof nbf === 'number' && nbf > now + STATEMENT_SKEW_S) throw wrong('the statement is of the future')
      if (typeof jti !== 'string') return
      if (state.statements.has(jti)) throw wrong('the statement was used before')
      state.statements.add(jti)
    }
  }

  function give(family: Family | undefined, context: ProviderContext, scope: string | null): ProviderAnswer {
    const access = context.nextId('at_')
    state.access.set(access, { endsMs: context.nowMs + lifeS * 1_000, family })
    const body = { access_token: access, token_type: 'Bearer', expires_in: lifeS, ...(scope === null ? {} : { scope }) }
    if (family === undefined) return jsonAnswer(200, body, NO_STORE)
    if (rotate) {
      const old = state.refresh.get(family.newest)
      if (old !== undefined) old.spentMs = context.nowMs
      family.newest = context.nextId('rt_')
      state.refresh.set(family.newest, { family, spentMs: undefined })
    }
    return jsonAnswer(200, { ...body, refresh_token: family.newest }, NO_STORE)
  }

  /** The family of a refresh token that may be used. @throws {Refusal} invalid_grant */
  function familyOf(token: string | null, client: OAuthClient, context: ProviderContext): Family {
    const found = state.refresh.get(token ?? '')
    if (found === undefined || found.family.client !== client.id)
      throw new Refusal('invalid_grant', 'unknown refresh token')
    const { family, spentMs } = found
    if (family.revoked) throw new Refusal('invalid_grant', 'the grant was revoked')
    if (spentMs === undefined || context.nowMs - spentMs < graceMs) return family
    family.revoked = true
    note(context, { kind: 'revoked', grant: 'refresh_token', client: client.id })
    throw new Refusal('invalid_grant', 'the refresh token was used before; the grant is revoked')
  }

  function granted(
    grant: string,
    form: URLSearchParams,
    request: ProviderRequest,
    context: ProviderContext,
  ): [OAuthClient, ProviderAnswer] {
    const verdict = judge(context.nowMs)
    if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      const statement = readStatement(form.get('assertion') ?? '')
      const client = known(clients, statement.claims['iss'])
      verdict(statement, client, 'invalid_grant')
      if (typeof statement.claims['sub'] !== 'string') throw new Refusal('invalid_grant', 'the statement names no user')
      return [client, give(undefined, context, form.get('scope'))]
    }
    const client = authenticated(clients, request, form, verdict)
    if (grant === 'client_credentials') {
      if (client.secret === undefined && client.publicKey === undefined)
        throw new Refusal('unauthorized_client', 'a public client')
      return [client, give(undefined, context, form.get('scope'))]
    }
    if (grant === 'refresh_token') {
      return [client, give(familyOf(form.get('refresh_token'), client, context), context, form.get('scope'))]
    }
    throw new Refusal('unsupported_grant_type', 'client_credentials, refresh_token or jwt-bearer')
  }

  function handle(request: ProviderRequest, context: ProviderContext): ProviderAnswer {
    if (request.path !== TOKEN_PATH) return jsonAnswer(404, { error: 'not_found' })
    if (request.method !== 'POST') return jsonAnswer(405, { error: 'method_not_allowed' }, { allow: 'POST' })
    const form = new URLSearchParams(new TextDecoder().decode(request.body))
    const grant = form.get('grant_type') ?? ''
    try {
      const [client, answer] = granted(grant, form, request, context)
      note(context, { kind: 'issued', grant, client: client.id })
      return answer
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      note(context, { kind: 'refused', grant, client: form.get('client_id') ?? '', error: thrown.error })
      return thrown.answer()
    }
  }

  return {
    name: 'oauth',
    handle,
    refuse,
    accepts: (authorization, nowMs) => {
      const [scheme = '', token = ''] = (authorization ?? '').split(' ')
      const found = scheme.toLowerCase() === 'bearer' ? state.access.get(token) : undefined
      return found !== undefined && nowMs < found.endsMs && found.family?.revoked !== true
    },
    revoke: () => {
      const count = state.access.size
      state.access.clear()
      for (const { family } of state.refresh.values()) family.revoked = true
      return count
    },
    ledger: () => ({ effects: state.effects }),
    state: () => ({ access: state.access.size, refresh: state.refresh.size }),
    reset: () => {
      state = empty()
    },
  }
}

function refuse(fault: AnsweredFault, _: ProviderContext, retryAfterS: number): ProviderAnswer {
  switch (fault) {
    case 'rate-limited':
      return jsonAnswer(429, { error: 'temporarily_unavailable' }, { 'retry-after': String(retryAfterS) })
    case 'server-error':
      return jsonAnswer(503, { error: 'server_error' })
    case 'expired-token':
      return new Refusal('invalid_client', 'the client is not authenticated').answer()
  }
}

/** Puts a provider's API behind the tokens of an authorization server: without a good one it answers as it does to an expired token. */
export function behind<Ledger>(server: OAuth, provider: Provider<Ledger>): Provider<Ledger> {
  return {
    ...provider,
    handle: (request, context) =>
      server.accepts(request.headers['authorization'], context.nowMs)
        ? provider.handle(request, context)
        : provider.refuse('expired-token', context, 0),
  }
}
