import { TielineError, toTielineError } from '../../core/error.ts'
import { mediaTypeOf } from '../../core/media-type.ts'
import type { Endpoint, SourceEvent } from '../../declare/source/source.ts'
import type { Intake, Taken } from '../../engine/intake.ts'
import type { Refusal } from '../../engine/pressure/admittance.ts'
import type { Clock } from '../../port/clock.ts'
import type { Log } from '../../port/log.ts'
import type { Secrets } from '../../port/secrets.ts'
import { contentMode } from '../cloudevents/content-mode.ts'
import { readCloudEvents } from '../cloudevents/read.ts'
import { createCounts } from '../metrics/request-counts.ts'
import { parseJson } from '../parse-json.ts'
import type { SignedRequest, Verdict } from '../verify/verdict.ts'
import { verifierOf } from '../verify/verifier.ts'
import { answerJson, refuse } from './answer.ts'
import type { Arrival, Door } from './arrival.ts'
import type { Load } from './load.ts'
import type { OccasionalLog } from './occasional-log.ts'
import { problem, problemOf } from './problem.ts'
import { problemOfRefusal } from './refusal.ts'
import { viewSecret } from './secret-view.ts'
import { withTrace } from './trace-context.ts'

export interface ReceiverParts {
  readonly intake: Intake
  readonly secrets: Secrets
  readonly clock: Clock
  readonly log: Log
  readonly occasionally: OccasionalLog
  readonly load: Load
  readonly maxEvents: number
  readonly publicUrl: string | undefined
}

const SECRET_RETRY_MS = 30_000 // a person has to set it; senders go on trying for hours
const NO_SECRETS: readonly string[] = []

/**
 * The door of one source: verify the bytes, parse, read the events, take them in, answer. The order matters: nothing is parsed and no rate
 * is used up for a sender that is not genuine, and 2xx is sent only once the events are on disk.
 */
export function createReceiver(endpoint: Endpoint, parts: ReceiverParts): Door {
  const { name, scheme, secret, toleranceMs, maxDepth } = endpoint
  const { intake, clock, load, occasionally, maxEvents } = parts
  const open = scheme === 'cloudevents' && secret === undefined
  if (secret === undefined && !open) {
    throw new TielineError('DECLARATION_INVALID', `source ${name}: the scheme ${scheme} needs a secret`)
  }
  const verify = verifierOf(scheme)
  const view = secret === undefined ? undefined : viewSecret(parts.secrets, secret.secret)
  const publicUrl = (endpoint.publicUrl ?? parts.publicUrl)?.replace(/\/+$/, '')
  const challenge = ['WWW-Authenticate', scheme === 'cloudevents' ? 'Bearer' : `Signature scheme="${scheme}"`]

  function judge(arrival: Arrival, body: Buffer): Verdict {
    if (view === undefined) return 'genuine'
    const nowMs = clock.now()
    const secrets = view.current(nowMs)
    if (secrets.length === 0) throw new TielineError('SECRET_MISSING', 'no value', { retryAfterMs: SECRET_RETRY_MS })
    const request: SignedRequest = {
      method: arrival.method ?? 'POST',
      // HubSpot alone signs the address; unless declared it is what a sender on this machine called.
      uri: scheme === 'hubspot-v3' ? `${publicUrl ?? `http://${arrival.headers.host}`}${arrival.url}` : '',
      headers: arrival.headers,
      body,
    }
    const verdict = verify(request, secrets, nowMs, toleranceMs)
    if (verdict !== 'mismatch') return verdict
    const changed = view.changed(nowMs) ?? NO_SECRETS
    return changed.length === 0 ? verdict : verify(request, changed, nowMs, toleranceMs)
  }

  function read(arrival: Arrival, body: Buffer): readonly SourceEvent[] {
    const { headers } = arrival
    const events =
      scheme === 'cloudevents'
        ? readCloudEvents({ headers, body, maxDepth })
        : // Only set-cookie is ever a list, and no sender of webhooks has cookies to set.
          endpoint.read({ headers: headers as Record<string, string>, body: parseJson(body, maxDepth) })
    const trace = headers['traceparent']
    return trace === undefined && scheme !== 'cloudevents' ? events : withTrace(events, trace)
  }

  async function receive(arrival: Arrival, body: Buffer): Promise<void> {
    try {
      const verdict = judge(arrival, body)
      if (verdict !== 'genuine') {
        occasionally('warn', 'gateway.signature-refused', { source: name, reason: verdict })
        refuse(arrival, problem('SIGNATURE_REFUSED', REFUSED[verdict], { reason: verdict, headers: challenge }))
        return
      }
      const early = intake.admittance.enter(endpoint)
      if (early !== undefined) {
        turnDown(arrival, early)
        return
      }
      const events = read(arrival, body)
      if (events.length > maxEvents) {
        refuse(arrival, problem('BODY_TOO_LARGE', `more than ${maxEvents} events in one request`))
        return
      }
      if (events.length === 0) {
        answerJson(arrival, 200, '{"messages":[]}')
        return
      }
      const refusal = intake.admittance.admit(endpoint, events)
      if (refusal !== undefined) {
        turnDown(arrival, refusal)
        return
      }
      tell(arrival, await intake.take(endpoint, events, body), scheme === 'cloudevents' && isBatch(arrival))
    } catch (thrown) {
      fail(arrival, thrown)
    }
  }

  function turnDown(arrival: Arrival, refusal: Refusal): void {
    occasionally('warn', 'gateway.not-let-in', { source: name, reason: refusal.reason })
    refuse(arrival, problemOfRefusal(refusal))
  }

  function fail(arrival: Arrival, thrown: unknown): void {
    const error = toTielineError(thrown)
    // A secret that cannot be one is as good as none: the sender is not at fault and tries again.
    if (error.code === 'SECRET_MISSING' || error.code === 'CONFIG_INVALID') {
      occasionally('error', 'gateway.secret-missing', {
        source: name,
        reason: error.code,
        secret: secret?.secret,
        message: error.message,
      })
      refuse(arrival, problemOf(new TielineError('SECRET_MISSING', '', { retryAfterMs: SECRET_RETRY_MS })))
      return
    }
    const why = problemOf(error)
    if (why.status >= 500) {
      occasionally('error', 'gateway.failed', { source: name, reason: error.code, message: error.message })
    }
    refuse(arrival, why)
  }

  return { counts: createCounts(name), load, maxBytes: endpoint.maxBytes, receive }
}

const REFUSED: Readonly<Record<Exclude<Verdict, 'genuine'>, string>> = Object.freeze({
  missing: 'the request is not signed: a header is missing',
  malformed: 'the signature headers are not of their scheme',
  stale: 'the request was signed too long ago',
  future: 'the request was signed in the future',
  mismatch: 'the signature does not match',
})

/** One event is answered flat, several as a list, and a CloudEvents batch always as a list. */
function tell(arrival: Arrival, taken: Taken, asList: boolean): void {
  if (taken.as === 'quarantined') {
    const { id, issues } = taken
    refuse(arrival, problem('CONTRACT_BROKEN', 'set aside: the contract is broken', { id, issues }))
    return
  }
  const { messages } = taken
  const first = messages[0]
  if (messages.length === 1 && first !== undefined && !asList) {
    answerJson(
      arrival,
      first.duplicate ? 200 : 202,
      `{"id":${JSON.stringify(first.id)},"duplicate":${first.duplicate}}`,
    )
    return
  }
  const list = messages.map(({ id, duplicate }) => ({ id, duplicate }))
  answerJson(arrival, list.every(({ duplicate }) => duplicate) ? 200 : 202, JSON.stringify({ messages: list }))
}

function isBatch({ headers }: Arrival): boolean {
  const contentType = headers['content-type']
  return contentType !== undefined && contentMode(mediaTypeOf(contentType)) === 'batch'
}
