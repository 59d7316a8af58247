import { eventObject, eventText } from '../../../declare/source/event-field.ts'
import type { ReadRequest, SourceEvent } from '../../../declare/source/source.ts'

export interface User {
  readonly id: number
  readonly login: string
  readonly type: string
}

export interface Repository {
  readonly id: number
  readonly name: string
  /** `owner/name` */
  readonly full_name: string
  readonly private: boolean
  readonly html_url: string
  readonly default_branch: string
}

/** What every body may have; the rest depends on the type. */
export interface GithubBody {
  readonly action?: string
  readonly sender?: User
  readonly repository?: Repository
  readonly [field: string]: unknown
}

interface InRepository {
  readonly sender: User
  readonly repository: Repository
}

export interface Push extends InRepository {
  /** `refs/heads/main` */
  readonly ref: string
  readonly before: string
  readonly after: string
  readonly created: boolean
  readonly deleted: boolean
  readonly forced: boolean
  readonly compare: string
  readonly commits: readonly {
    readonly id: string
    readonly message: string
    readonly timestamp: string
    readonly url: string
  }[]
}

export interface PullRequest extends InRepository {
  readonly action: string
  readonly number: number
  readonly pull_request: {
    readonly id: number
    readonly number: number
    readonly title: string
    readonly body: string | null
    readonly state: string
    readonly draft: boolean
    readonly merged: boolean
    readonly html_url: string
    readonly user: User
    readonly head: { readonly ref: string; readonly sha: string }
    readonly base: { readonly ref: string; readonly sha: string }
  }
}

export interface Issue extends InRepository {
  readonly action: string
  readonly issue: {
    readonly id: number
    readonly number: number
    readonly title: string
    readonly body: string | null
    readonly state: string
    readonly html_url: string
    readonly user: User | null
    readonly labels: readonly { readonly name: string }[]
  }
}

export interface Release extends InRepository {
  readonly action: string
  readonly release: {
    readonly id: number
    readonly tag_name: string
    readonly name: string | null
    readonly body: string | null
    readonly draft: boolean
    readonly prerelease: boolean
    readonly html_url: string
    readonly published_at: string | null
  }
}

type About<K extends string, B> = { readonly [T in K]: B }

/** What `.on(type)` gives. Source: https://docs.github.com/webhooks/webhook-events-and-payloads. */
export type GithubEvents = About<'push', Push> &
  About<
    `pull_request.${'opened' | 'edited' | 'closed' | 'reopened' | 'synchronize' | 'ready_for_review' | 'labeled' | 'assigned'}`,
    PullRequest
  > &
  About<`issues.${'opened' | 'edited' | 'closed' | 'reopened' | 'labeled' | 'assigned' | 'deleted'}`, Issue> &
  About<`release.${'created' | 'published' | 'released' | 'edited' | 'deleted'}`, Release> &
  About<'ping' | 'create' | 'delete' | 'fork', GithubBody>

/**
 * The one event of a request. Its type is the event and, where the body has one, the action: `pull_request.opened`. GitHub does not try
 * again by itself; a redelivery has the same id.
 * @throws {TielineError} BODY_MALFORMED naming the header
 */
export function readGithubEvent({ headers, body }: ReadRequest): readonly SourceEvent[] {
  const event = eventObject(body)
  const { action, repository } = event
  const kind = eventText(headers['x-github-event'], 'header x-github-event')
  const name = (repository as Partial<Repository> | null | undefined)?.full_name
  return [
    {
      id: eventText(headers['x-github-delivery'], 'header x-github-delivery'),
      type: typeof action === 'string' ? eventText(`${kind}.${action}`, 'action') : kind,
      attributes: typeof name === 'string' ? { subject: eventText(name, 'repository.full_name') } : {},
      data: event,
    },
  ]
}
