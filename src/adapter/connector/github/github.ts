import type { SecretRef } from '../../../declare/secret/secret.ts'
import type { RateSpec } from '../../../declare/source/rate.ts'
import { type Endpoint, endpoint, type Source, source } from '../../../declare/source/source.ts'
import { type GithubBody, type GithubEvents, readGithubEvent } from './event.ts'

export interface GithubOptions {
  /** Path `/in/<name>`. Default `github`. */
  readonly name?: string
  /** The webhook's secret; while rotating, its two newest values are both good. */
  readonly webhookSecret: SecretRef
  /** Larger bodies are answered 413. Bytes. Default 1 MiB; GitHub sends up to 25 MB. */
  readonly maxBytes?: number
  /** More is answered 429: `{ limit: 200, per: '1s' }`. Default: as much as the store takes. */
  readonly rate?: RateSpec
}

export interface GithubSources {
  readonly endpoint: Endpoint
  /** Events of one type: `push`, `pull_request.opened`. */
  on<T extends keyof GithubEvents>(type: T): Source<GithubEvents[T]>
  /** Events of a type that `on` does not know yet. */
  other(type: string): Source<GithubBody>
  /** Events of every type. */
  any(): Source<GithubBody>
}

/** GitHub's webhooks, sent as `application/json`: `github({ webhookSecret: secret('GITHUB_SECRET') }).on('release.published')`. */
export function github(options: GithubOptions): GithubSources {
  const { name = 'github', webhookSecret, maxBytes, rate } = options
  const from = endpoint({
    name,
    scheme: 'github',
    secret: webhookSecret,
    read: readGithubEvent,
    rate,
    ...(maxBytes === undefined ? undefined : { maxBytes }),
  })
  return Object.freeze({
    endpoint: from,
    on: <T extends keyof GithubEvents>(type: T): Source<GithubEvents[T]> => source({ endpoint: from, type }),
    other: (type: string): Source<GithubBody> => source({ endpoint: from, type }),
    any: (): Source<GithubBody> => source({ endpoint: from, type: '*' }),
  })
}
